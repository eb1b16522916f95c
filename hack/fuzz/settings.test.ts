import { expect, test } from "vitest";
import { anySeed, fuzzSettings } from "./settings.ts";

test("what is given counts, and the rest has defaults", () => {
  expect(fuzzSettings({}, () => 7)).toEqual({ seed: 7, examples: 30, seconds: undefined });
  expect(fuzzSettings({ SEED: "42", EXAMPLES: "500", FUZZ_SECONDS: "3600" }, () => 7)).toEqual({
    seed: 42,
    examples: 500,
    seconds: 3600,
  });
});

test.each([
  [{ SEED: "-1" }, /^SEED is "-1": give a whole number from 1/],
  [{ EXAMPLES: "many" }, /^EXAMPLES is "many"/],
  [{ FUZZ_SECONDS: "0" }, /^FUZZ_SECONDS is "0"/],
])("%j is refused by name", (environment, message) => {
  expect(() => fuzzSettings(environment, () => 1)).toThrow(message);
});

test("a seed by chance is one that may be given", () => {
  expect([anySeed(() => 0), anySeed(() => 0.999_999_9)]).toEqual([1, 999_999]);
});
