import { expect, test } from "vitest";
import { SCENARIOS } from "./scenarios/index.ts";
import { SERVICE_SCENARIOS } from "./services/index.ts";
import { readSettings } from "./settings.ts";

const ALL = { scenarios: SCENARIOS, services: SERVICE_SCENARIOS };

test("all scenarios, ten rounds each, unless something else is said", () => {
  expect(readSettings({}, ALL)).toEqual({
    ...ALL,
    rounds: 10,
    operatorKilled: false,
    keep: false,
    record: false,
  });
  const some = readSettings({ CHAOS: "switchover", ROUNDS: "2", OPERATOR: "1", KEEP: "1" }, ALL);
  expect(some.scenarios.map(({ name }) => name)).toEqual(["switchover"]);
  expect(some.services).toEqual([]);
  expect(some).toMatchObject({ rounds: 2, operatorKilled: true, keep: true });
});

test("a name that is none is refused with those that are", () => {
  expect(() => readSettings({ CHAOS: "flood" }, ALL)).toThrow(
    /CHAOS is "flood": give primary-pod-killed, .* leave it out/,
  );
  expect(() => readSettings({ ROUNDS: "0" }, ALL)).toThrow("ROUNDS");
});

test("each scenario has a name of its own", () => {
  const names = [...SCENARIOS, ...SERVICE_SCENARIOS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
