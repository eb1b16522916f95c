/** The middle of several measurements, and how far they spread. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Undefined when there is nothing to sum up. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return undefined;
  return { median: middle(sorted), least, most };
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** The smallest value that `share` (0 to 1) of all values do not exceed; undefined of no values. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** A measurement of both sides in the same round. */
export interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

/** How many times theirs ours is, round by round, so that what slows the machine for a while slows both. */
export function ratioOf(pairs: readonly Pair[]): Spread | undefined {
  return spreadOf(pairs.filter(({ theirs }) => theirs !== 0).map(({ ours, theirs }) => ours / theirs));
}
