import { describe, expect, test } from "vitest";
import { ApiError } from "../../engine/client/api-error.ts";
import { RetryError } from "../../engine/controller/controller.ts";
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

test("errors of a reconcile that takes long count from the first of them", () => {
  const errors = new ServerErrors();
  errors.met({ object: "Service a/b", message: "it fails." }, 10, 1_000);
  expect(errors.arePassing(MET, 6_000)).toBe(false);
});

describe("an object for which something hangs", () => {
  const FAILURE = { object: "Service a/b", message: "it hangs." };

  test("rests from the second time on, three times as long as it took and a minute at most", () => {
    const errors = new ServerErrors();
    errors.met(FAILURE, 2_000, 2_000);
    expect(errors.resting("Service a/b", 2_001)).toBeUndefined();
    errors.met(FAILURE, 2_000, 5_000);
    expect(errors.resting("Service a/b", 10_999)).toBe(FAILURE);
    expect(errors.resting("Service a/c", 10_999)).toBeUndefined();
    expect(errors.resting("Service a/b", 11_000)).toBeUndefined();
    errors.met(FAILURE, 30_000, 50_000);
    expect(errors.resting("Service a/b", 109_999)).toBe(FAILURE);
    expect(errors.resting("Service a/b", 110_000)).toBeUndefined();
  });

  test.each<[string, (errors: ServerErrors) => void]>([
    ["it is tried with success", (errors) => errors.succeeded("Service a/b")],
    ["it fails at once", (errors) => errors.met(FAILURE, 10, 5_000)],
    ["it is not wanted any more", (errors) => errors.arePassing([], 5_000)],
  ])("is forgotten when %s", (_, happen) => {
    const errors = new ServerErrors();
    errors.met(FAILURE, 2_000, 2_000);
    happen(errors);
    errors.met(FAILURE, 2_000, 8_000);
    expect(errors.resting("Service a/b", 8_001)).toBeUndefined();
  });
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
