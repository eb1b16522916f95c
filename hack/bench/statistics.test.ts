import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentile, ratioOf, spreadOf } from "./statistics.ts";

describe("a spread", () => {
  test("of an odd number has the middle one as its median", () => {
    expect(spreadOf([30, 10, 20])).toEqual({ median: 20, least: 10, most: 30 });
  });

  test("of an even number has the mean of the middle two", () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, least: 1, most: 4 });
  });

  test("of nothing is nothing", () => {
    expect(spreadOf([])).toBeUndefined();
  });
});

describe("a percentile", () => {
  test.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])("at %d of 1 to 100 is %d", (share, value) => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(values, share)).toBe(value);
  });

  test("is one of the values, and enough of them do not exceed it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const found = percentile(values, share) as number;
          expect(values).toContain(found);
          expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * values.length);
        },
      ),
    );
  });

  test("of nothing is nothing", () => {
    expect(percentile([], 0.5)).toBeUndefined();
  });
});

describe("a ratio", () => {
  test("is taken round by round", () => {
    const pairs = [
      { ours: 8, theirs: 10 },
      { ours: 100, theirs: 100 },
      { ours: 3, theirs: 2 },
    ];
    expect(ratioOf(pairs)).toEqual({ median: 1, least: 0.8, most: 1.5 });
  });

  test("with nothing is none", () => {
    expect(ratioOf([{ ours: 1, theirs: 0 }])).toBeUndefined();
  });
});
