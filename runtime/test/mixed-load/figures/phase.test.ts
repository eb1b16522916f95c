import { expect, test } from "vitest";
import { figuresOf, percentile } from "./phase.ts";
import type { Sample } from "./sample.ts";

const sample = (dueAt: number, took: number, given: Partial<Sample> = {}): Sample => ({
  operation: "read",
  dueAt,
  answeredAt: dueAt + took,
  status: 200,
  outcome: "succeeded",
  ...given,
});

test("a phase counts what was due in it, and measures what was carried out", () => {
  const samples = [
    sample(5, 1),
    sample(10, 7, { cached: true }),
    sample(20, 3, { cached: false }),
    sample(30, 0.5, { status: 503, outcome: "failed" }),
    sample(35, 900, { status: undefined, outcome: "failed" }),
    sample(36, 2, { operation: "update", status: 412, outcome: "settled" }),
    sample(40, 2),
  ];
  expect(figuresOf({ name: "a", from: 10, to: 40 }, samples)).toEqual({
    name: "a",
    from: 10,
    to: 40,
    requests: 5,
    failed: 2,
    failures: { 503: 1, none: 1 },
    p50: 3,
    p99: 7,
    max: 7,
    writeGap: 30,
    profiles: 2,
    cached: 1,
  });
});

test("the gap is the longest time without a write that succeeded, the ends of the phase counted", () => {
  const write = (answeredAt: number) => sample(answeredAt, 0, { operation: "update" });
  const failed = sample(50, 0, { operation: "update", status: 503, outcome: "failed" });
  const gap = (...samples: readonly Sample[]) => figuresOf({ name: "a", from: 0, to: 100 }, samples).writeGap;
  expect(gap(write(10), write(30), failed, write(95))).toBe(65);
  expect(gap(write(40))).toBe(60);
  expect(gap(write(80), write(200))).toBe(80);
});

test("percentiles are values that were measured", () => {
  expect([percentile([1, 2, 3], 0.5), percentile([1, 2, 3], 1), percentile([], 0.5)]).toEqual([2, 3, 0]);
});
