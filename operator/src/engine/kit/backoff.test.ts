import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

const limits = { baseMs: 5, maxMs: 1_000_000 };

describe("backoffMs", () => {
  it("doubles up to the limit", () => {
    const delays = [1, 2, 3, 10, 18, 19, 5000].map((failures) => backoffMs(failures, limits, () => 0));
    expect(delays).toEqual([5, 10, 20, 2560, 655_360, 1_000_000, 1_000_000]);
  });

  it("takes off a quarter at most", () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
        const full = backoffMs(failures, limits, () => 0);
        const delay = backoffMs(failures, limits, () => random);
        expect(delay).toBeLessThanOrEqual(full);
        expect(delay).toBeGreaterThanOrEqual(full * 0.75);
      }),
    );
  });
});
