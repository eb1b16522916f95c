import { profilePlatformDefinition, type StructuralSchema } from "@profile-platform/crds/crd";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findDefects } from "../schema/index.ts";
import { nextDue } from "./schedule.ts";

const at = (text: string): number => Date.parse(text);
const next = (schedule: string, after: string): string => new Date(nextDue(schedule, at(after))).toISOString();

function scheduleSchema(): StructuralSchema {
  const path = ["spec", "postgresql", "backup", "schedule"];
  const root: StructuralSchema | undefined = profilePlatformDefinition.spec.versions[0]?.schema.openAPIV3Schema;
  const found = path.reduce((schema, name) => schema?.properties?.[name], root);
  if (found === undefined) throw new Error("the definition has no schedule");
  return found;
}

const refusals = (schedule: string) => findDefects(scheduleSchema(), schedule, "").map(({ message }) => message);

describe("the next time", () => {
  test.each([
    ["0 3 * * *", "2026-11-29T03:00:00Z", "2026-11-30T03:00:00.000Z"],
    ["0 3 * * *", "2026-11-29T02:59:59Z", "2026-11-29T03:00:00.000Z"],
    ["* * * * *", "2026-11-29T12:00:30Z", "2026-11-29T12:01:00.000Z"],
    ["*/15 0-5 1,15 * *", "2026-11-29T12:00:00Z", "2026-12-01T00:00:00.000Z"],
    ["0 0 * * 7", "2026-11-29T00:00:00Z", "2026-12-06T00:00:00.000Z"],
    ["0 0 29 2 *", "2026-11-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    // The night in which clocks are put forward in Europe, and the one in which they are put back.
    ["30 2 * * *", "2026-03-28T02:30:00Z", "2026-03-29T02:30:00.000Z"],
    ["30 2 * * *", "2026-10-25T02:29:00Z", "2026-10-25T02:30:00.000Z"],
  ])("of %j after %s is %s", (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  test("a day that never comes is none", () => {
    expect(nextDue("0 0 31 2 *", at("2026-01-01T00:00:00Z"))).toBe(Infinity);
  });

  test("comes once a day in every year, whatever clocks on walls do", () => {
    const times = [nextDue("30 2 * * *", at("2026-01-01T00:00:00Z"))];
    for (let day = 0; day < 365; day++) times.push(nextDue("30 2 * * *", times.at(-1) ?? 0));
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(new Set(steps)).toEqual(new Set([86_400_000]));
  });
});

const number = (least: number, most: number) => fc.integer({ min: least, max: most });
const item = (least: number, most: number) =>
  fc.oneof(
    number(least, most).map(String),
    fc.tuple(number(least, most), number(least, most)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    number(1, most).map((step) => `*/${step}`),
    fc.constant("*"),
  );
const field = (least: number, most: number) =>
  fc.array(item(least, most), { minLength: 1, maxLength: 3 }).map((items) => items.join(","));

describe("the schema", () => {
  test("takes what can be read, and nothing else", () => {
    const schedules = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7));
    fc.assert(
      fc.property(schedules, (fields) => {
        const schedule = fields.join(" ");
        fc.pre(refusals(schedule).length === 0);
        expect(nextDue(schedule, at("2026-11-29T12:00:00Z"))).toBeLessThan(Infinity);
      }),
    );
  });

  test("takes most of what is well formed", () => {
    for (const schedule of ["0 3 * * *", "*/15 0-5 1,15 * 1-5", "0-30/5 * * * *", "59 23 31 12 7", "0 0 29 2 *"]) {
      expect(refusals(schedule)).toEqual([]);
    }
  });

  test.each([
    ["60 * * * *", "five fields"],
    ["* 24 * * *", "five fields"],
    ["* * 0 * *", "five fields"],
    ["* * * 13 *", "five fields"],
    ["* * * * 8", "five fields"],
    ["0 3 * *", "five fields"],
    ["0  3 * * *", "five fields"],
    ["@daily", "five fields"],
    ["0 3 * JAN *", "five fields"],
    ["5/10 * * * *", "five fields"],
    ["30-10 * * * *", "ends before it begins"],
    ["0 0 31 2 *", "never has"],
    ["0 0 31 11 *", "never has"],
    ["", "five fields"],
  ])("refuses %j, and says why", (schedule, why) => {
    expect(refusals(schedule)).toEqual([expect.stringContaining(why)]);
  });
});
