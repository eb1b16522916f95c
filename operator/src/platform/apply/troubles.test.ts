import { expect, test } from "vitest";
import { Troubles } from "./troubles.ts";

const SERVICE = "Service a/server";
const SECRET = "Secret a/credentials";

test("there is nothing to come back for without a trouble", () => {
  const troubles = new Troubles();
  expect(troubles.nextMs(0)).toBeUndefined();
  troubles.met([SERVICE], false, 0);
  troubles.met([], false, 50);
  expect(troubles.nextMs(50)).toBeUndefined();
});

test("a new trouble is tried again at once, and an old one the less often the older it is", () => {
  const troubles = new Troubles();
  const tries: number[] = [];
  for (let now = 1_000; now < 21_000; now += troubles.nextMs(now) ?? Number.NaN) {
    troubles.met([SERVICE], false, now);
    tries.push(now - 1_000);
  }
  expect(tries).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 11_400, 16_400]);
});

test("events that come in between do not make it wait longer", () => {
  const troubles = new Troubles();
  for (let now = 0; now <= 90; now += 10) troubles.met([SERVICE], false, now);
  expect(troubles.nextMs(90)).toBe(100);
});

test.each([
  ["another object's trouble", [SERVICE, SECRET], false],
  ["what was written, and may have been in the way", [SERVICE], true],
])("begins anew with %s", (_what, objects, wrote) => {
  const troubles = new Troubles();
  troubles.met([SERVICE], false, 0);
  troubles.met([SERVICE], false, 60_000);
  expect(troubles.nextMs(60_000)).toBe(5_000);
  troubles.met(objects, wrote, 65_000);
  expect(troubles.nextMs(65_000)).toBe(100);
});

test("goes on with one trouble when another has ended", () => {
  const troubles = new Troubles();
  troubles.met([SERVICE, SECRET], false, 0);
  troubles.met([SERVICE], false, 60_000);
  expect(troubles.nextMs(60_000)).toBe(5_000);
});
