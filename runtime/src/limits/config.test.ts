import { describe, expect, test } from "vitest";
import { type Environment, loadConfig } from "../kit/config.ts";
import { limitVariables, policiesOf } from "./config.ts";

const load = (environment: Environment) => policiesOf(loadConfig(limitVariables, environment));

describe("the budgets", () => {
  test("let the load test through, which sends 200 requests a second with one token", () => {
    const { reads, writes, refusals } = load({});
    const perSecond = ({ quota, window }: typeof reads): number => quota / (window / 1_000);
    expect([reads, writes].map(perSecond)).toEqual([500, 300]);
    expect(perSecond(refusals)).toBe(10);
  });

  test.each([
    ["1/1s", 1, 1_000],
    ["1000000/1h", 1_000_000, 3_600_000],
    ["90/1m30s", 90, 90_000],
    ["10/1.0s", 10, 1_000],
  ])("%s is understood", (text, quota, window) => {
    expect(load({ RATE_LIMIT_WRITES: text }).writes).toEqual({ name: "writes", quota, window });
  });

  test.each([
    "100",
    "0/1s",
    "-1/1s",
    "1.5/1s",
    "1000001/1s",
    "10/0s",
    "10/1500ms",
    "10/2h",
    "10/s",
    "10 / 1s",
    "ten/1s",
  ])("%s is refused, with what is expected", (text) => {
    expect(() => load({ RATE_LIMIT_READS: text })).toThrow(
      "RATE_LIMIT_READS: expected requests within a time, such as 5000/10s: 1 to 1000000, and whole seconds up to 1h",
    );
  });

  test.each([
    ["TRUSTED_PROXY_HOPS", "11", "a whole number from 0 to 10"],
    ["RATE_LIMIT_REDIS_TIMEOUT", "2s", "a duration such as 100ms, of at least 5 ms and at most 1000 ms"],
    ["RATE_LIMIT_MEMORY_BUCKETS", "9", "a whole number from 100 to 1000000"],
  ])("%s is not %s", (name, value, expected) => {
    expect(() => load({ [name]: value })).toThrow(`${name}: expected ${expected}`);
  });
});
