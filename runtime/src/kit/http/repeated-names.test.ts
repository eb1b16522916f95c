import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstRepeatedName, hasRepeatedNames } from "./repeated-names.ts";

/** JSON as it is written: members in their order, with names as texts of JSON, which may mean the same. */
type Written = string | readonly Written[] | { readonly members: readonly (readonly [string, Written])[] };

/**
 * Names that are likely to be alike, and what would mislead somebody who reads only half of JSON. None ends in a backslash:
 * once V8 13.6 has parsed one that does, it takes a name for it that has an escape there (`"\u0062"` for `"\\"`).
 */
const name = fc.constantFrom(
  ...["a", "b", "__proto__", '"', "\\a", ":", '":', "a/b", "", "ü", "{"].map((text) => JSON.stringify(text)),
  '"\\u0062"',
);

const written = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.json({ maxDepth: 0 }),
    fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.record({ members: fc.array(fc.tuple(name, tie("value")), { maxLength: 4 }) }),
  ),
})).value;

function textOf(value: Written): string {
  if (typeof value === "string") return value;
  if ("members" in value) return `{${value.members.map(([key, of]) => `${key} : ${textOf(of)}`).join(", ")}}`;
  return `[${value.map(textOf).join(",")}]`;
}

function isRepeated(value: Written): boolean {
  if (typeof value === "string") return false;
  if (!("members" in value)) return value.some(isRepeated);
  const names = new Set(value.members.map(([key]) => JSON.parse(key)));
  return names.size < value.members.length || value.members.some(([, of]) => isRepeated(of));
}

describe("a name that is given twice in an object", () => {
  test("is found, wherever it is, and only then", () => {
    fc.assert(
      fc.property(written, (value) => {
        const text = textOf(value);
        expect(hasRepeatedNames(Buffer.from(text), JSON.parse(text))).toBe(isRepeated(value));
        expect(firstRepeatedName(text) !== undefined).toBe(isRepeated(value));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['{"name": "Ada", "name": "Bob"}', "#/name"],
    ['{"name": "Ada", "n\\u0061me": "Bob"}', "#/name"],
    ['{"a": {"b": 1}, "b": [{}, {"c/d": [], "e": "\\"c/d\\":", "c/d": 1}]}', "#/b/1/c~1d"],
    ['[[1, 2], {"a": 1, "a": 2}]', "#/1/a"],
    ['{"": 1, "": 2}', "#/"],
    ['{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 1}]}', undefined],
  ])("%s: %s", (text, pointer) => {
    expect(firstRepeatedName(text)).toBe(pointer);
    expect(hasRepeatedNames(Buffer.from(text), JSON.parse(text))).toBe(pointer !== undefined);
  });

  test("is looked for in a long text without going deep", () => {
    const text = JSON.stringify({ text: 'x\\"'.repeat(200_000), ids: Array.from({ length: 10_000 }, () => "1:2") });
    expect(firstRepeatedName(text)).toBeUndefined();
    expect(hasRepeatedNames(Buffer.from(text), JSON.parse(text))).toBe(false);
  });
});
