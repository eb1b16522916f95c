/**
 * What had been committed at one moment: the transactions below `end`, but for those that were running.
 *
 * Neither ids nor numbers of transactions are committed in their order, so no single number can say how far somebody
 * has read: whoever asks for what is above the last one seen loses what commits late. To wait until every earlier
 * transaction has ended is not enough either: of two that change the same row, the one that began first, and has the
 * lower number, may change it last, and a third one that is still under way lies between them. A moment, as PostgreSQL
 * sees it, has no change without those that were committed before it. It is what a statement reads by.
 */
export interface Cut {
  readonly end: bigint;
  /** In ascending order, all below `end`. */
  readonly running: readonly bigint[];
}

/**
 * How far somebody has read: all that had been committed at a moment, and of what was committed from there to another
 * one, the events whose id is `after` at the most. An id is drawn while the changed row is locked, so within such a
 * stretch the order of ids is that of versions. Which moments they are depends on who looked; as they stand in the
 * position, anybody can go on from it.
 */
export interface Position {
  /** Whose transactions are counted: see postgres-history.ts. */
  readonly history: string;
  readonly cut: Cut;
  /** Absent between two stretches. */
  readonly within?: { readonly to: Cut; readonly after: bigint };
}

/** What was committed from one moment to another. */
export interface Stretch {
  readonly history: string;
  readonly from: Cut;
  readonly to: Cut;
}

/** Where somebody stands who has read a stretch up to an event, the last one of it or not. */
export function positionAt({ history, from, to }: Stretch, id: bigint, isLast: boolean): Position {
  return isLast ? { history, cut: to } : { history, cut: from, within: { to, after: id } };
}

/** Whether all that is in one cut is also in another. */
export function covers(later: Cut, earlier: Cut): boolean {
  const isIn = (xid: bigint): boolean => xid < earlier.end && !earlier.running.includes(xid);
  return later.end >= earlier.end && !later.running.some(isIn);
}

export function isSame(one: Cut, other: Cut): boolean {
  return covers(one, other) && covers(other, one);
}

/**
 * The cut of a moment, cut off behind the last event. Transactions above it have left none, and a crash may forget
 * them and give their numbers to others, whose events would lie before a cut that has them.
 *
 * @param running transactions that were under way, in any order
 */
export function cutBehind(last: bigint, running: readonly bigint[]): Cut {
  const end = last + 1n;
  const below = running.filter((xid) => xid < end);
  return { end, running: below.toSorted((one, other) => (one < other ? -1 : 1)) };
}
