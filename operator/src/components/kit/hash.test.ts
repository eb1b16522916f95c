import { expect, test } from "vitest";
import { shortHash } from "./hash.ts";

test("the order of keys does not count, the order of lists does", () => {
  expect(shortHash({ a: { b: 1, c: [1, 2] }, d: "x" })).toBe(shortHash({ d: "x", a: { c: [1, 2], b: 1 } }));
  expect(shortHash([1, 2])).not.toBe(shortHash([2, 1]));
  expect(shortHash({ a: "1" })).not.toBe(shortHash({ a: 1 }));
});

test("ten hex digits, which fit into names", () => {
  expect(shortHash({ image: "runtime" })).toMatch(/^[0-9a-f]{10}$/);
});
