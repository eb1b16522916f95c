import { expect, test } from "vitest";
import { summaryLine, total } from "./counts.ts";
import { countsOfReport } from "./vitest-report.ts";

const report = (success: boolean, numPassedTests: number, numFailedTests: number) =>
  JSON.stringify({ success, numPassedTests, numFailedTests });

test.each([
  ["all passed", report(true, 12, 0), 0, { passed: 12, failed: 0 }],
  ["some failed", report(false, 10, 2), 1, { passed: 10, failed: 2 }],
  ["a file that does not load", report(false, 10, 0), 1, { passed: 10, failed: 1 }],
  ["an error outside of a test", report(true, 10, 0), 1, { passed: 10, failed: 1 }],
  ["no test at all", report(true, 0, 0), 0, { passed: 0, failed: 1 }],
])("counts of a report: %s", (_, text, exitCode, counts) => {
  expect(countsOfReport(text, exitCode)).toEqual(counts);
});

test("the last line sums up all stages", () => {
  const counts = total([
    { passed: 1, failed: 0 },
    { passed: 40, failed: 2 },
  ]);
  expect(summaryLine(counts)).toBe("41 passed, 2 failed");
});
