/** After the state of an instance that has settings which take effect with a restart. */
const PENDING_RESTART = "pending restart";

/**
 * State and role of an instance, such as `running primary`, and whether it waits for a restart, of what Patroni writes
 * on its pod. Empty where that cannot be read.
 */
export function patroniState(told: string): string {
  try {
    const { state, role, pending_restart } = JSON.parse(told) as {
      readonly state?: string;
      readonly role?: string;
      readonly pending_restart?: boolean;
    };
    return [state, role, pending_restart === true ? PENDING_RESTART : ""].filter(Boolean).join(" ");
  } catch {
    return "";
  }
}

/** The volume is empty, and no database is being made in it. */
export const WITHOUT_DATA = "stopped uninitialized";
