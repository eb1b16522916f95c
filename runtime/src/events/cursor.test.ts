import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCursor, encodeCursor, longestCursor } from "./cursor.ts";
import { boundary } from "./position.ts";

const history = fc.stringMatching(/^[0-9a-f]{1,16}-[0-9A-F]{8}$/);
const xid = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const id = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

test("a cursor is the position that it was made of", () => {
  const within = fc
    .tuple(history, xid, xid, id)
    .filter(([, one, other]) => one !== other)
    .map(([history, one, other, after]) => {
      const [low, high] = one < other ? [one, other] : [other, one];
      return { history, low, high, after };
    });
  const between = fc.tuple(history, xid).map(([history, xid]) => boundary(history, xid));
  fc.assert(
    fc.property(fc.oneof(within, between), (position) => {
      const cursor = encodeCursor(position);
      expect(cursor.length).toBeLessThanOrEqual(longestCursor);
      expect(encodeURIComponent(cursor)).toBe(cursor);
      expect(decodeCursor(cursor)).toEqual(position);
    }),
  );
});

const written = (text: string): string => Buffer.from(text).toString("base64url");

test.each([
  ["nothing", ""],
  ["no base64", "%%%"],
  ["another version", written("2.a-1.1.1.0")],
  ["a cursor of a listing", written(JSON.stringify({ s: "name", f: {}, k: "x", p: "1" }))],
  ["a negative number", written("1.a-1.-1.1.0")],
  ["an end before its beginning", written("1.a-1.2.1.0")],
  ["a place between two stretches that is within one", written("1.a-1.2.2.1")],
  ["a transaction that cannot be", written(`1.a-1.0.${2n ** 64n}.0`)],
  ["an event that cannot be", written(`1.a-1.0.1.${2n ** 63n}`)],
  ["more text than any cursor has", "A".repeat(longestCursor + 1)],
])("%s is none", (_what, text) => {
  expect(decodeCursor(text)).toBeUndefined();
});

test("no text has it fail", () => {
  fc.assert(fc.property(fc.string(), (text) => void decodeCursor(text)));
  fc.assert(fc.property(fc.string(), (text) => void decodeCursor(written(text))));
});
