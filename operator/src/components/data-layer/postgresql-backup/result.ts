/** What a Job's pod says of a backup in its termination message. Times in seconds since the epoch. */
export type BackupResult =
  | {
      readonly label: string;
      readonly type: "full" | "differential" | "incremental";
      readonly start: number;
      readonly stop: number;
      readonly size: number;
      readonly repositorySize: number;
      readonly walStart: string;
      readonly walStop: string;
      /** End of the oldest backup that the repository holds. */
      readonly oldestStop: number;
    }
  | { readonly error: string };

/** Undefined for a text that says nothing of a backup. */
export function parseResult(message: string): BackupResult | undefined {
  try {
    const found = JSON.parse(message) as Partial<BackupResult>;
    return "error" in found || "label" in found ? (found as BackupResult) : undefined;
  } catch {
    return undefined;
  }
}
