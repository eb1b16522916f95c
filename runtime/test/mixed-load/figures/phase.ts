import { isWrite, type Sample } from "./sample.ts";

/** A stretch of the load. Moments are milliseconds since it began. */
export interface Phase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What a phase came to; times in milliseconds. */
export interface PhaseFigures extends Phase {
  /** Those that were due in it. */
  readonly requests: number;
  readonly failed: number;
  /** How many failed with each status; `none` are those without an answer. */
  readonly failures: Readonly<Record<string, number>>;
  /** From the moment at which a request was due to its answer, of those that were carried out. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Longest time without a write that succeeded. */
  readonly writeGap: number;
  /** Reads of profiles that were answered with one, and those of them that came from the cache. */
  readonly profiles: number;
  readonly cached: number;
}

export function figuresOf(phase: Phase, samples: readonly Sample[]): PhaseFigures {
  const due = samples.filter(({ dueAt }) => dueAt >= phase.from && dueAt < phase.to);
  const failed = due.filter(({ outcome }) => outcome === "failed");
  const took = due
    .filter(({ outcome }) => outcome === "succeeded")
    .map(({ dueAt, answeredAt }) => answeredAt - dueAt)
    .sort((a, b) => a - b);
  return {
    ...phase,
    requests: due.length,
    failed: failed.length,
    failures: countByStatus(failed),
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    max: percentile(took, 1),
    writeGap: longestGap(phase, samples),
    profiles: due.filter(({ cached }) => cached !== undefined).length,
    cached: due.filter(({ cached }) => cached === true).length,
  };
}

/** By nearest rank, so that it is a value that was measured; 0 of nothing. @param sorted in growing order */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function countByStatus(failed: readonly Sample[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status = "none" } of failed) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function longestGap({ from, to }: Phase, samples: readonly Sample[]): number {
  const moments = samples
    .filter((sample) => isWrite(sample) && sample.outcome === "succeeded")
    .map(({ answeredAt }) => answeredAt)
    .filter((moment) => moment > from && moment < to)
    .sort((a, b) => a - b);
  let [longest, last] = [0, from];
  for (const moment of [...moments, to]) {
    longest = Math.max(longest, moment - last);
    last = moment;
  }
  return longest;
}
