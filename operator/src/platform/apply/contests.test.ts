import { describe, expect, test } from "vitest";
import { Contests } from "./contests.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const OBJECT = "ConfigMap a/b";
const taken = (manager: string, ...fields: readonly string[]) => fields.map((field) => ({ manager, field }));

/** Fields are taken back at these times. */
function after(times: readonly number[], manager = "rival"): Contests {
  const contests = new Contests();
  for (const time of times) contests.tookBack(OBJECT, taken(manager, ".data.x"), time);
  return contests;
}

describe("fields that are taken", () => {
  test("once or twice are taken back at once", () => {
    const contests = after([0, SECOND]);
    expect(contests.at(SECOND)).toEqual([]);
    expect(contests.pauseMs(OBJECT, SECOND)).toBe(0);
    expect(contests.nextMs(SECOND)).toBeUndefined();
  });

  test("three times within a minute are contested", () => {
    const contests = after([0, SECOND, 2 * SECOND]);
    expect(contests.at(2 * SECOND)).toEqual([{ object: OBJECT, manager: "rival", fields: [".data.x"] }]);
    expect(contests.pauseMs(OBJECT, 2 * SECOND)).toBe(SECOND);
    expect(contests.pauseMs(OBJECT, 3 * SECOND)).toBe(0);
    expect(contests.pauseMs("ConfigMap a/other", 2 * SECOND)).toBe(0);
  });

  test("three times in a longer while are not", () => {
    expect(after([0, 40 * SECOND, 80 * SECOND]).at(80 * SECOND)).toEqual([]);
  });

  test("by several managers in turn are not, each for itself", () => {
    const contests = new Contests();
    for (const manager of ["a", "b", "c"]) contests.tookBack(OBJECT, taken(manager, ".x"), 0);
    expect(contests.at(0)).toEqual([]);
  });
});

describe("a contest", () => {
  test("slows down from a second to a minute", () => {
    const contests = after([0, 0, 0]);
    let now = 0;
    const pauses = Array.from({ length: 9 }, () => {
      const pause = contests.pauseMs(OBJECT, now);
      now += pause;
      contests.tookBack(OBJECT, taken("rival", ".data.x"), now);
      return pause / SECOND;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(contests.at(now)).toHaveLength(1);
  });

  test("names every field, and each manager by itself", () => {
    const contests = new Contests();
    for (const time of [0, 1, 2]) {
      contests.tookBack(OBJECT, [...taken("a", ".y", ".x"), ...taken("b", ".z")], time);
    }
    expect(contests.at(2)).toEqual([
      { object: OBJECT, manager: "a", fields: [".x", ".y"] },
      { object: OBJECT, manager: "b", fields: [".z"] },
    ]);
  });

  test("ends after five quiet minutes, and starts over then", () => {
    const contests = after([0, 0, 0]);
    expect(contests.nextMs(0)).toBe(SECOND);
    expect(contests.nextMs(SECOND)).toBe(5 * MINUTE - SECOND);
    expect(contests.at(5 * MINUTE - 1)).toHaveLength(1);
    expect(contests.at(5 * MINUTE)).toEqual([]);
    expect(contests.nextMs(5 * MINUTE)).toBeUndefined();
    contests.tookBack(OBJECT, taken("rival", ".data.x"), 6 * MINUTE);
    expect(contests.pauseMs(OBJECT, 6 * MINUTE)).toBe(0);
  });
});
