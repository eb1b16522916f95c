import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

test("what was asked for last is kept, whatever it is", () => {
  const recent = new Recent<string, unknown>(2);
  let made = 0;
  const ask = (key: string) =>
    recent.get(key, () => {
      made += 1;
      return key === "a" ? undefined : key;
    });
  expect([ask("a"), ask("a"), ask("b"), ask("a")]).toEqual([undefined, undefined, "b", undefined]);
  expect(made).toBe(2);
  expect(ask("c")).toBe("c");
  expect([ask("a"), made]).toEqual([undefined, 3]);
  expect([ask("b"), made]).toEqual(["b", 4]);
});
