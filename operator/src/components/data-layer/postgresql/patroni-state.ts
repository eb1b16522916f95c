/**
 * State and role of an instance, such as `running primary`, of what Patroni writes on its pod. Empty where that cannot
 * be read.
 */
export function patroniState(told: string): string {
  try {
    const { state, role } = JSON.parse(told) as { readonly state?: string; readonly role?: string };
    return `${state ?? ""} ${role ?? ""}`.trim();
  } catch {
    return "";
  }
}

/** The volume is empty, and no database is being made in it. */
export const WITHOUT_DATA = "stopped uninitialized";
