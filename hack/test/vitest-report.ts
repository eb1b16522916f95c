import type { Counts } from "./counts.ts";

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
}

/**
 * What a report says. A file that could not be loaded holds no test that failed, and an error outside of a test counts
 * nowhere: both make a run fail, so a run that failed counts at least one failure, and so does one without any test.
 */
export function countsOfReport(text: string, exitCode: number): Counts {
  const { success, numPassedTests: passed, numFailedTests: failed } = JSON.parse(text) as Report;
  const broken = !success || exitCode !== 0 || passed + failed === 0;
  return { passed, failed: broken ? Math.max(failed, 1) : failed };
}
