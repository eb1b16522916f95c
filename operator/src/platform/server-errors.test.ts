import { expect, test } from "vitest";
import { ApiError } from "../engine/api-error.ts";
import { RetryError } from "../engine/controller.ts";
import { retry, retryStatus, ServerErrors } from "./server-errors.ts";

const MET = [{ object: "Service a/b", message: "it fails." }];

test("errors of the server are told once there were some for five seconds, whichever objects they were about", () => {
  const errors = new ServerErrors();
  expect(errors.arePassing([], 0)).toBe(false);
  expect(errors.arePassing(MET, 1_000)).toBe(true);
  expect(errors.arePassing([{ object: "Service a/c", message: "it fails" }], 5_999)).toBe(true);
  expect(errors.arePassing(MET, 6_000)).toBe(false);
  expect(errors.arePassing(MET, 60_000)).toBe(false);
});

test("a reconcile without any begins the time anew", () => {
  const errors = new ServerErrors();
  errors.arePassing(MET, 0);
  errors.arePassing([], 4_000);
  expect(errors.arePassing(MET, 6_000)).toBe(true);
  expect(errors.arePassing(MET, 11_000)).toBe(false);
});

test("what they end in is tried again within five seconds, or sooner where something else is due", () => {
  expect(retry(MET, Number.POSITIVE_INFINITY)).toMatchObject({
    withinMs: 5_000,
    message: "the API server failed: it fails.",
  });
  expect(retry(MET, 100).withinMs).toBe(100);
});

test("a status that the server fails to write is as urgent, another failure is not", () => {
  const failed = new ApiError({ status: 500, reason: "InternalError", message: "x" });
  expect(() => retryStatus(failed)).toThrow(RetryError);
  const refused = new ApiError({ status: 422, reason: "Invalid", message: "x" });
  expect(() => retryStatus(refused)).toThrow(refused);
});
