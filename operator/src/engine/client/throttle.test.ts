import { describe, expect, it } from "vitest";
import { throttleDelayMs } from "./throttle.ts";

describe("throttleDelayMs", () => {
  it("takes whole seconds as rounded up, once", () => {
    expect([1, 2, 3].map((attempt) => throttleDelayMs(1000, attempt, () => 0))).toEqual([500, 1000, 1000]);
    expect(throttleDelayMs(7000, 1, () => 0)).toBe(6500);
  });

  it("spreads what comes back", () => {
    expect(throttleDelayMs(1000, 1, () => 0.5)).toBe(650);
    expect(throttleDelayMs(1000, 2, () => 0.5)).toBe(1150);
  });

  it("spreads less what may come back at once, and more when that was wrong", () => {
    expect([1, 2, 3, 4].map((attempt) => throttleDelayMs(0, attempt, () => 0.5))).toEqual([50, 100, 150, 150]);
  });

  it("does not wait for less than nothing", () => {
    expect(throttleDelayMs(0, 1, () => 0)).toBe(0);
  });
});
