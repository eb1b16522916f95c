import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("everything has a default", () => {
  expect(readSettings({ PLATFORMS: "", PROFILE: "", RESULTS: "" }, "/results")).toEqual({
    platforms: 100,
    rounds: 5,
    concurrency: 4,
    twinAtOnce: 8,
    restSeconds: 60,
    edits: 200,
    sides: ["operator", "twin"],
    profile: undefined,
    results: "/results/operator-100.json",
    record: false,
  });
});

test("one side can run alone, and with profiles the operator always does", () => {
  expect(readSettings({ SIDE: "twin" }, "/results").sides).toEqual(["twin"]);
  expect(readSettings({ PROFILE: "/profiles" }, "/results").sides).toEqual(["operator"]);
});

test("results of other sizes have another file", () => {
  expect(readSettings({ PLATFORMS: "1000" }, "/results").results).toBe("/results/operator-1000.json");
});

test.each([
  [{ PLATFORMS: "0" }, 'PLATFORMS is "0": give a whole number from 1 to 5000'],
  [{ ROUNDS: "many" }, 'ROUNDS is "many": give a whole number from 1 to 100'],
  [{ SIDE: "both" }, 'SIDE is "both": give operator or twin, or leave it out for both'],
  [{ RECORD: "yes" }, 'RECORD is "yes": give 1, or leave it out'],
])("%o is refused", (env, message) => {
  expect(() => readSettings(env, "/results")).toThrow(message);
});
