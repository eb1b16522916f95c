import { expect, test } from "vitest";
import { problemsOf } from "./checks.ts";

const FINE = { reconciles: 2_000, reconcileErrors: 2, requests: 50_000, writes: 0, failedRequests: 50, busy: 0 };

test("a few errors in a thousand are none", () => {
  expect(problemsOf(FINE, 0.5, "create")).toEqual([]);
});

test.each([
  [{ ...FINE, reconcileErrors: 3 }, 0.5, "create: 3 of 2000 reconciles failed"],
  [{ ...FINE, failedRequests: 51 }, 0.5, "create: 51 of 50000 requests failed"],
  [{ ...FINE, requests: 0, failedRequests: 1 }, 0.5, "create: 1 of 0 requests failed"],
  [FINE, 0.84, "create: the load generator was busy 84 % of the time"],
])("what is wrong is told: %o %d", (work, load, problem) => {
  expect(problemsOf(work, load, "create")).toEqual([problem]);
});
