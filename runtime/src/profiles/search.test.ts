import * as fc from "fast-check";
import { expect, test } from "vitest";
import { anyText } from "../../test/unicode.ts";
import { searchQuery } from "./search.ts";

test.each([
  ["ada", "'ada':*"],
  ["Ada  LOVE", "'Ada':* & 'LOVE':*"],
  ["ada@example.org", "'ada':* & 'example':* & 'org':*"],
  ["O'Brien", "'O':* & 'Brien':*"],
  ["a & !b | (c):* <-> \\", "'a':* & 'b':* & 'c':*"],
  ["zażółć\u3000山田", "'zażółć':* & '山田':*"],
  ["'; DROP TABLE profiles; --", "'DROP':* & 'TABLE':* & 'profiles':*"],
  ["… – @", ""],
])("%s is searched as %s", (text, query) => {
  expect(searchQuery(text)).toBe(query);
});

test("nothing that is searched for gets out of its quotes", () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(searchQuery(text)).toMatch(/^(?:'[^'\\]+':\*(?: & '[^'\\]+':\*)*)?$/);
    }),
  );
});
