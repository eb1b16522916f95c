import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("everything has a default", () => {
  expect(readSettings({ PLATFORMS: "", PROFILE: "", RESULTS: "" }, "/results")).toEqual({
    platforms: 100,
    rounds: 5,
    concurrency: 4,
    restSeconds: 60,
    edits: 200,
    profile: undefined,
    results: "/results/operator-100.json",
    record: false,
  });
});

test("results of other sizes have another file", () => {
  expect(readSettings({ PLATFORMS: "1000" }, "/results").results).toBe("/results/operator-1000.json");
});

test.each([
  [{ PLATFORMS: "0" }, 'PLATFORMS is "0": give a whole number from 1 to 5000'],
  [{ ROUNDS: "many" }, 'ROUNDS is "many": give a whole number from 1 to 100'],
  [{ RECORD: "yes" }, 'RECORD is "yes": give 1, or leave it out'],
])("%o is refused", (env, message) => {
  expect(() => readSettings(env, "/results")).toThrow(message);
});
