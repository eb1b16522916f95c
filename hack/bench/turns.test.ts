import { expect, test } from "vitest";
import { inTurn } from "./turns.ts";

test("each side is first in turn", () => {
  const rounds = [1, 2, 3, 4].map((round) => inTurn(["a", "b", "c"], round).join(""));
  expect(rounds).toEqual(["abc", "bca", "cab", "abc"]);
  expect([1, 2].map((round) => inTurn(["a", "b"], round).join(""))).toEqual(["ab", "ba"]);
  expect(inTurn([], 1)).toEqual([]);
});
