import type { AcknowledgedWrite } from "../acknowledged-write.ts";

export interface Window {
  readonly from: number;
  readonly until: number;
}

/** Milliseconds of the longest time without an acknowledged write that touches the window. */
export function writeGap(acknowledged: readonly AcknowledgedWrite[], window: Window): number {
  return longestGap(
    acknowledged.map(({ at }) => at),
    window,
  );
}

/** The same of moments, on one clock. */
export function longestGap(moments: readonly number[], { from, until }: Window): number {
  const times = [...moments].sort((a, b) => a - b);
  const before = times.findLast((at) => at <= from) ?? from;
  const within = times.filter((at) => at > from && at <= until);
  let longest = 0;
  let last = before;
  for (const at of [...within, until]) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return longest;
}
