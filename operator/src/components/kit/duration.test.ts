import { expect, test } from "vitest";
import { parseDuration, parseShortDuration } from "./duration.ts";

test.each([
  ["1s", 1_000],
  ["15m", 900_000],
  ["720h", 2_592_000_000],
])("%s", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "15", "m", "0s", "1.5h", "-1h", "1d", " 1h", "1h30m", "1000000000s"])(
  "refuses %j with a cure",
  (text) => {
    expect(() => parseDuration(text)).toThrow(
      `"${text}" is not a length of time: write a whole number above zero and s, m or h, such as 15m`,
    );
  },
);

test.each([
  ["250ms", 250],
  ["2s", 2_000],
])("%s is short", (text, milliseconds) => {
  expect(parseShortDuration(text)).toBe(milliseconds);
});

test.each(["", "2", "0ms", "1.5s", "1m", "1000000000ms"])("refuses %j as a short one with a cure", (text) => {
  expect(() => parseShortDuration(text)).toThrow(
    `"${text}" is not a length of time: write a whole number above zero and ms or s, such as 250ms`,
  );
});
