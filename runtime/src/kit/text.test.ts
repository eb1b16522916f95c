import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText } from "../../test/unicode.ts";
import { depthOf, hasAtMost, isStorableJson, wellFormed } from "./text.ts";

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

describe("wellFormed", () => {
  test("is what String.isWellFormed says", () => {
    fc.assert(
      fc.property(anyText(), fc.constantFrom("", "\ud800", "\udc00"), (text, half) => {
        expect(wellFormed.test(text + half)).toBe((text + half).isWellFormed());
      }),
    );
  });
});

describe("hasAtMost", () => {
  test("counts characters, however many code units they take", () => {
    const atMost = hasAtMost(3);
    expect(["", "abc", "😀😀😀", "e\u0301a"].map(atMost)).toEqual([true, true, true, true]);
    expect(["abcd", "😀😀😀😀", "e\u0301e\u0301"].map(atMost)).toEqual([false, false, false]);
  });
});

describe("isStorableJson", () => {
  test.each([["text"], [{ a: ["ä", 1, null, { b: "😀" }] }], [null], [nested(50_000)]])("case %#", (value) => {
    expect(isStorableJson(value)).toBe(true);
  });

  test.each([["\0"], ["\ud83d"], [{ a: [{ b: "x\0" }] }], [{ "a\0": 1 }], [[["\udc00"]]]])("not %j", (value) => {
    expect(isStorableJson(value)).toBe(false);
  });
});

describe("depthOf", () => {
  test("counts levels, however many there are", () => {
    expect([1, "a", null, {}, [], { a: [{}] }].map(depthOf)).toEqual([0, 0, 0, 1, 1, 3]);
    expect(depthOf(nested(50_000))).toBe(50_000);
  });
});
