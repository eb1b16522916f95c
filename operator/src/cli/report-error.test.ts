import { expect, test } from "vitest";
import { ApiError } from "../engine/client/api-error.ts";
import { UsageError } from "../errors.ts";
import { reportError } from "./report-error.ts";

test("what the user can put right is a sentence alone", () => {
  expect(reportError(new UsageError("demo.yaml is empty", { cause: new Error("detail") }), {})).toBe(
    "error: demo.yaml is empty",
  );
});

test("other errors show their causes, and no stack", () => {
  const error = new Error("while reading the platforms", { cause: new Error("connection reset") });
  expect(reportError(error, {})).toBe("error: while reading the platforms\n  because: connection reset");
});

test.each([
  [401, "The cluster does not know you: renew the credentials of your kubeconfig."],
  [403, "You lack a right in the cluster: ask its administrator for it."],
])("an answer %i of the cluster comes with its cure", (status, cure) => {
  const refusal = new ApiError({ status, reason: "", message: "GET /api: refused" });
  expect(reportError(new Error("while reading", { cause: refusal }), {})).toBe(
    `error: while reading\n  because: GET /api: refused\n${cure}`,
  );
});

test("a cluster that does not answer is asked about", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  expect(reportError(refused, {})).toContain(
    "The cluster does not answer: is it up, and is KUBECONFIG the right file?",
  );
});

test("DEBUG=1 shows the stack", () => {
  expect(reportError(new Error("broken"), { DEBUG: "1" })).toMatch(/^Error: broken\n {4}at /);
});
