import * as fc from "fast-check";
import { expect, test } from "vitest";
import { orderedJson } from "./ordered-json.ts";

test("fields are sorted at every depth, lists are not", () => {
  expect(orderedJson({ b: [{ d: 1, c: 2 }, 1], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},1]}');
});

test("what is undefined is left out, or null in a list, as in JSON", () => {
  expect(orderedJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
  expect(orderedJson(undefined)).toBeUndefined();
});

test("it means what JSON.stringify means", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(orderedJson(value) ?? "")).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
