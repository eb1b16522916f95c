import { expect, test } from "vitest";
import { migrations } from "./migrations.ts";
import { compareSchema } from "./version.ts";

test("what is missing and what is too new are told apart", () => {
  expect(compareSchema([], ["1", "2"])).toEqual({ pending: ["1", "2"], unknown: [] });
  expect(compareSchema(["1", "2"], ["1", "2"])).toEqual({ pending: [], unknown: [] });
  expect(compareSchema(["1", "3"], ["1", "2"])).toEqual({ pending: ["2"], unknown: ["3"] });
});

test("migrations are numbered without a gap, so that their order is that of their names", () => {
  const numbers = Object.keys(migrations).map((name) => Number(/^(\d{4})-[a-z-]+$/.exec(name)?.[1]));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});
