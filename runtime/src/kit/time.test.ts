import { expect, test } from "vitest";
import { instant } from "./time.ts";

const time = instant("must be a time");

test.each([
  ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31T12:00:00.1239Z", "2026-01-31T12:00:00.123Z"],
  ["2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00.000Z"],
  ["2026-01-31T12:00:00-23:59", "2026-02-01T11:59:00.000Z"],
  ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
])("%s is %s", (text, utc) => {
  expect(time.parse(text)).toBe(utc);
});

test.each([
  ["2026-01-31", "must be a time"],
  ["2026-01-31T12:00:00", "must be a time"],
  ["2026-02-30T12:00:00Z", "must be a time"],
  ["2026-01-31T12:00:00 02:00", "must be a time"],
  ["0000-01-01T00:00:00Z", "must be in the years 0001 to 9999"],
  ["0001-01-01T00:00:00+01:00", "must be in the years 0001 to 9999"],
  ["9999-12-31T23:59:59-01:00", "must be in the years 0001 to 9999"],
])("%s is refused: it %s", (text, message) => {
  expect(time.safeParse(text).error?.issues.map((issue) => issue.message)).toEqual([message]);
});
