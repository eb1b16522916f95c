/** Milliseconds since the load began, for sentences. */
export function at(moment: number): string {
  return `at ${(moment / 1000).toFixed(3)} s`;
}

/** When and where something was read. Moments are milliseconds since the load began. */
export interface Reading {
  readonly sentAt: number;
  readonly answeredAt: number;
  /** Address that was asked. */
  readonly from: string;
}

export function describeReading(what: string, { sentAt, answeredAt, from }: Reading): string {
  return `a read of ${from}, sent ${at(sentAt)} and answered ${at(answeredAt)}, showed ${what}`;
}

/**
 * Milliseconds for which a write that was never acknowledged, and is known to have happened only because somebody has
 * read it, may be missing from what others read: as long as copies may linger, and a second for good measure.
 */
export const lingering = 4_000;
