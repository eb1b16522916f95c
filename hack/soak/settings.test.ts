import { expect, test } from "vitest";
import { soakSettings } from "./settings.ts";

test("everything has a default, the seed another one each time", () => {
  expect(soakSettings({}, () => 42)).toEqual({ minutes: 30, platforms: 5, seed: 42 });
  expect(soakSettings({ MINUTES: "2", PLATFORMS: "3", SEED: "7" }, () => 42)).toEqual({
    minutes: 2,
    platforms: 3,
    seed: 7,
  });
});

test("what is no number is refused by its name", () => {
  expect(() => soakSettings({ MINUTES: "long" }, () => 1)).toThrow('MINUTES is "long": give a whole number from 1 to');
});
