import { expect, test } from "vitest";
import { formatAge } from "./age.ts";

const SINCE = "2026-01-01T00:00:00Z";

test.each([
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [7199, "119m"],
  [7200, "2h"],
  [172_799, "47h"],
  [172_800, "2d"],
  [-5, "0s"],
])("%i seconds are %s", (seconds, age) => {
  expect(formatAge(SINCE, new Date(Date.parse(SINCE) + seconds * 1000))).toBe(age);
});
