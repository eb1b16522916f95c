/** What a primary says of archiving, in ANNOTATION_ARCHIVING. */
export interface ArchivingState {
  readonly failing: boolean;
  /** Since the statistics of the primary began. */
  readonly failures: number;
  /** Empty while all is well. */
  readonly message: string;
}

/** Undefined for a text that says nothing of archiving. */
export function parseArchivingState(text: string | undefined): ArchivingState | undefined {
  if (text === undefined) return undefined;
  try {
    const { failing, failures, message } = JSON.parse(text) as Partial<ArchivingState>;
    if (typeof failing !== "boolean" || typeof failures !== "number" || typeof message !== "string") return undefined;
    return { failing, failures, message };
  } catch {
    return undefined;
  }
}
