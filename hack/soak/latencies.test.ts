import { expect, test } from "vitest";
import { latencyTable, limitMs, summarize, table } from "./latencies.ts";

const samples = (...latencies: readonly (number | undefined)[]) => latencies.map((latencyMs) => ({ latencyMs }));

test("percentiles are values that were measured", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(summarize(samples(...hundred))).toEqual({ changes: 100, missed: 0, p50: 50, p99: 99, max: 100 });
  expect(summarize(samples(3, 1, 2))).toEqual({ changes: 3, missed: 0, p50: 2, p99: 3, max: 3 });
});

test("what was not answered is missed, and in no percentile", () => {
  expect(summarize(samples(5, undefined, 7))).toEqual({ changes: 3, missed: 1, p50: 5, p99: 7, max: 7 });
  expect(summarize([])).toEqual({ changes: 0, missed: 0, p50: 0, p99: 0, max: 0 });
});

test("a table has numbers to the right", () => {
  expect(
    table([
      ["name", "a"],
      ["x", 100],
      ["longer", 5],
    ]),
  ).toBe("name      a\nx       100\nlonger    5");
  expect(latencyTable([["reset", summarize(samples(12))]]).split("\n")[1]).toBe(
    "reset        1       0      12      12      12",
  );
});

test("the limit is a second on a quiet machine, and grows with what a busy one takes without a fault", () => {
  expect(limitMs(summarize(samples(120)))).toBe(1000);
  expect(limitMs(summarize(samples(500)))).toBe(2000);
  expect(limitMs(summarize(samples(500)), 2000)).toBe(4000);
});
