import { resolve } from "node:path";
import { expect, test } from "vitest";
import { summaryLine, total } from "./counts.ts";
import { countsOfReport } from "./vitest-report.ts";

const FILE = { name: resolve("hack/a.test.ts"), status: "passed", message: "", assertionResults: [] };

const report = (success: boolean, numPassedTests: number, numFailedTests: number, file: object = {}) =>
  JSON.stringify({ success, numPassedTests, numFailedTests, testResults: [{ ...FILE, ...file }] });

const OUTSIDE = "no test failed, but the run did: look for an error outside of a test in its output";

test("counts of a report: all passed", () => {
  expect(countsOfReport(report(true, 12, 0), 0)).toEqual({ passed: 12, failed: 0 });
});

test.each([
  ["an error outside of a test", report(true, 10, 0), 1, { passed: 10, failed: 1, problems: [OUTSIDE] }],
  ["no test at all", report(true, 0, 0), 0, { passed: 0, failed: 1, problems: [OUTSIDE] }],
  [
    "a file that does not load",
    report(false, 10, 0, { status: "failed", message: "Cannot find module" }),
    1,
    { passed: 10, failed: 1, problems: ["hack/a.test.ts: Cannot find module"] },
  ],
])("counts of a report: %s", (_, text, exitCode, counts) => {
  expect(countsOfReport(text, exitCode)).toEqual(counts);
});

test("each test that failed is named, with the beginning of its message and without its colours", () => {
  const long = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
  const assertionResults = [
    { status: "passed", fullName: "fine", failureMessages: [] },
    { status: "failed", fullName: "wrong", failureMessages: ["\u001b[31mexpected 1\u001b[39m"] },
    { status: "failed", fullName: "long", failureMessages: [long] },
  ];
  const { failed, problems = [] } = countsOfReport(report(false, 10, 2, { status: "failed", assertionResults }), 1);
  expect(failed).toBe(2);
  expect(problems[0]).toBe("hack/a.test.ts > wrong: expected 1");
  expect(problems[1]).toMatch(/^hack\/a\.test\.ts > long: line 0\nline 1\n/);
  expect(problems[1]?.split("\n")).toHaveLength(13);
  expect(problems).toHaveLength(2);
});

test("the last line sums up all stages", () => {
  const counts = total([
    { passed: 1, failed: 0 },
    { passed: 40, failed: 2, problems: ["a", "b"] },
  ]);
  expect(summaryLine(counts)).toBe("41 passed, 2 failed");
  expect(counts.problems).toEqual(["a", "b"]);
});
