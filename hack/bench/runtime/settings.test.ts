import { expect, test } from "vitest";
import { PARTS, readSettings } from "./settings.ts";

test("everything has a default", () => {
  expect(readSettings({ ROUNDS: "", PROFILE: "", RESULTS: "", PARTS: "" }, "/results")).toEqual({
    rounds: 5,
    seconds: 10,
    connections: 32,
    rate: 200,
    tasksPerSecond: 100,
    sides: ["service", "stock", "tuned"],
    parts: PARTS,
    profile: undefined,
    results: "/results/runtime.json",
    record: false,
  });
});

test("parts keep their order, whatever the order of their names", () => {
  expect(readSettings({ PARTS: "half, mix cachedRead" }, "/results").parts).toEqual(["cachedRead", "mix", "half"]);
});

test("one side can run alone, and with profiles the service always does", () => {
  expect(readSettings({ SIDE: "tuned" }, "/results").sides).toEqual(["tuned"]);
  expect(readSettings({ SIDE: "tuned", PROFILE: "/profiles" }, "/results").sides).toEqual(["service"]);
});

test.each([
  [{ SECONDS_A_PART: "0" }, 'SECONDS_A_PART is "0": give a whole number from 1 to 600'],
  [{ SIDE: "go" }, 'SIDE is "go": give service, stock or tuned, or leave it out for all'],
  [{ PARTS: "mix,reads" }, "PARTS has reads: give some of cachedRead, uncachedRead, list"],
  [{ PARTS: "half" }, "PARTS has half without mix"],
  [{ RECORD: "yes" }, 'RECORD is "yes": give 1, or leave it out'],
])("%o is refused", (env, message) => {
  expect(() => readSettings(env, "/results")).toThrow(message);
});
