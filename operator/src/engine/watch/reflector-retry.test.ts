import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api-error.ts";
import { retryDelayMs } from "./reflector-retry.ts";

const half = (): number => 0.5;
const broken = new Error("read ECONNRESET");
const expired = new ApiError({ status: 410, reason: "Expired", message: "too old" });
const forbidden = new ApiError({ status: 403, reason: "Forbidden", message: "no" });
const throttled = new ApiError({ status: 429, reason: "TooManyRequests", message: "later", retryAfterMs: 1000 });

function delays(error: unknown): readonly number[] {
  return Array.from({ length: 12 }, (_, index) => retryDelayMs(error, index + 1, half));
}

describe("retryDelayMs", () => {
  it("tries a broken connection again at once, then more and more seldom, down to once a second", () => {
    expect(delays(broken)).toEqual([25, 43.75, 87.5, 175, 350, 700, 875, 875, 875, 875, 875, 875]);
  });

  it("lists again at once when the version expired, unless that happens again and again", () => {
    expect(delays(expired).slice(0, 3)).toEqual([0, 43.75, 87.5]);
  });

  it("waits up to 5 s where the server says no", () => {
    expect(delays(forbidden).slice(0, 2)).toEqual([25, 43.75]);
    expect(delays(forbidden).at(-1)).toBe(4375);
  });

  it("waits for as long as the server asks, or longer when that does not help", () => {
    expect(delays(throttled).slice(0, 3)).toEqual([650, 1150, 1150]);
    expect(delays(throttled).at(-1)).toBe(4375);
  });
});
