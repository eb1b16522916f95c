/** metav1.Condition. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  /** RFC 3339, whole seconds, UTC. */
  readonly lastTransitionTime: string;
}

/**
 * The list with `condition` in the place of the one of its type, or at the end. `lastTransitionTime` is `now` (ms since
 * the epoch) if the status changed, and otherwise stays.
 */
export function setCondition(
  list: readonly Condition[],
  condition: Omit<Condition, "lastTransitionTime">,
  now: number,
): readonly Condition[] {
  const known = list.find(({ type }) => type === condition.type);
  const lastTransitionTime = known?.status === condition.status ? known.lastTransitionTime : rfc3339(now);
  const next: Condition = { ...condition, lastTransitionTime };
  return known === undefined ? [...list, next] : list.map((other) => (other === known ? next : other));
}

/** Whole seconds, UTC; `ms` since the epoch. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
