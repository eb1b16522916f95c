import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryBuckets } from "./memory.ts";
import { type Policy, remaining, take, wait } from "./policy.ts";

const policy: Policy = { name: "reads", quota: 4, window: 2_000 };

describe("a bucket", () => {
  test("gives as many requests as it holds, then one for each interval", () => {
    const buckets = new MemoryBuckets(10);
    const at = (now: number): boolean => buckets.take(policy, "a", now).allowed;
    expect([0, 0, 0, 0, 0].map(at)).toEqual([true, true, true, true, false]);
    expect([499, 500, 500, 999, 1_000].map(at)).toEqual([false, true, false, false, true]);
    expect([9_000, 9_000, 9_000, 9_000, 9_000].map(at)).toEqual([true, true, true, true, false]);
  });

  test("tells what is left, how long until it is full, and how long to wait", () => {
    let untilFull = 0;
    const told: unknown[] = [];
    for (let request = 0; request < 5; request += 1) {
      const decision = take(policy, untilFull);
      ({ untilFull } = decision);
      told.push([decision.allowed, remaining(policy, untilFull), untilFull, wait(policy, untilFull)]);
    }
    expect(told).toEqual([
      [true, 3, 500, 0],
      [true, 2, 1_000, 0],
      [true, 1, 1_500, 0],
      [true, 0, 2_000, 500],
      [false, 0, 2_000, 500],
    ]);
  });

  test.each([1, 3, 7, 3_000, 999_983])(
    "of %i requests gives exactly as many at once, whatever the fractions",
    (quota) => {
      const bucket = { name: "odd", quota, window: 10_000 };
      let untilFull = 0;
      let given = 0;
      for (let request = 0; request < quota + 5; request += 1) {
        const decision = take(bucket, untilFull);
        ({ untilFull } = decision);
        if (decision.allowed) given += 1;
      }
      expect(given).toBe(quota);
    },
  );

  test("never gives more within a time than it holds and what flows in meanwhile", () => {
    const steps = fc.array(fc.nat({ max: 700 }), { maxLength: 200 });
    const quotas = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(quotas, steps, (quota, waits) => {
        const bucket = { name: "any", quota, window: 3_000 };
        const buckets = new MemoryBuckets(1);
        const times: number[] = [];
        let now = 0;
        for (const milliseconds of waits) {
          now += milliseconds;
          if (buckets.take(bucket, "a", now).allowed) times.push(now);
        }
        return times.every((first, index) =>
          times.slice(index).every((last, count) => count + 1 <= quota + ((last - first) / 3_000) * quota + 0.01),
        );
      }),
    );
  });
});

describe("buckets in memory", () => {
  test("are never more than they may be; the one least lately asked for goes first", () => {
    const buckets = new MemoryBuckets(3);
    const one = { name: "one", quota: 1, window: 60_000 };
    for (const key of ["a", "b", "c"]) buckets.take(one, key, 0);
    expect(buckets.take(one, "a", 1).allowed).toBe(false);
    buckets.take(one, "d", 2);
    expect(buckets.size).toBe(3);
    expect(["a", "c", "d"].map((key) => buckets.untilFull(key, 2) > 0)).toEqual([true, true, true]);
    expect(buckets.untilFull("b", 2)).toBe(0);
    for (let key = 0; key < 10_000; key += 1) buckets.take(one, String(key), 3);
    expect(buckets.size).toBe(3);
  });
});
