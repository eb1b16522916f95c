import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Counts } from "./counts.ts";

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  /** Path of the file. */
  readonly name: string;
  readonly status: string;
  /** Why the file did not load; empty otherwise. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages?: readonly string[];
  }[];
}

// Enough for a difference of a few lines; the whole stands above, in the output of the stage.
const LINES = 12;

/**
 * What a report says. A file that could not be loaded holds no test that failed, and an error outside of a test counts
 * nowhere: both make a run fail, so a run that failed counts at least one failure, and so does one without any test.
 */
export function countsOfReport(text: string, exitCode: number): Counts {
  const { success, numPassedTests: passed, numFailedTests: failed, testResults } = JSON.parse(text) as Report;
  const broken = !success || exitCode !== 0 || passed + failed === 0;
  if (!broken) return { passed, failed };
  const problems = testResults.flatMap(problemsOf);
  return { passed, failed: Math.max(failed, 1), problems: problems.length > 0 ? problems : [NO_TEST_FAILED] };
}

const NO_TEST_FAILED = "no test failed, but the run did: look for an error outside of a test in its output";

function problemsOf({ name, status, message, assertionResults }: FileResult): readonly string[] {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter((result) => result.status === "failed");
  if (failed.length === 0 && status === "failed") return [`${file}: ${beginning(message)}`];
  return failed.map(({ fullName, failureMessages }) => `${file} > ${fullName}: ${beginning(failureMessages?.[0])}`);
}

function beginning(message = "it failed without a message"): string {
  const lines = stripVTControlCharacters(message).split("\n");
  return lines.length <= LINES ? lines.join("\n") : `${lines.slice(0, LINES).join("\n")}\n…`;
}
