/** What a stage proved. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What failed, a sentence each, for the end of the run: the output above it is long. */
  readonly problems?: readonly string[];
}

export const PASSED: Counts = { passed: 1, failed: 0 };
export const FAILED: Counts = { passed: 0, failed: 1 };

export function total(counts: readonly Counts[]): Counts {
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    problems: counts.flatMap(({ problems = [] }) => problems),
  };
}

/** The last line of a run, by which other programs read it. */
export function summaryLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}
