import { expect, test } from "vitest";
import { parseQuery } from "./query.ts";

test.each([
  ["name=Ada+L%C3%B6we&limit=5", { name: "Ada Löwe", limit: "5" }],
  ["a=1&a=2&b", { a: ["1", "2"], b: "" }],
  ["a=%2B%25&b[c]=1", { a: "+%", "b[c]": "1" }],
  [null, {}],
  [undefined, {}],
  ["", {}],
])("%j is read", (query, parameters) => {
  expect({ ...parseQuery(query) }).toEqual(parameters);
});

test.each(["name=%ff", "name=%", "a=1&%zz=2", "search=%c3%", "search=%ed%a0%80", "cursor=%c0%af"])(
  "%s is no UTF-8",
  (query) => {
    expect(() => parseQuery(query)).toThrow(
      "The query has a % that begins no UTF-8 character: percent-encode it anew.",
    );
  },
);
