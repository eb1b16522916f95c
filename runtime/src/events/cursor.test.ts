import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCursor, encodeCursor, longestCursor } from "./cursor.ts";
import { cutBehind } from "./position.ts";

const history = fc.stringMatching(/^[0-9a-f]{1,16}-[0-9A-F]{8}$/);
const xid = fc.bigInt({ min: 0n, max: 2n ** 64n - 2n });
const id = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const cut = fc
  .tuple(xid, fc.uniqueArray(fc.bigInt({ min: 0n, max: 10_000n }), { maxLength: 200 }))
  .map(([last, distances]) =>
    cutBehind(
      last,
      distances.map((distance) => last - distance).filter((xid) => xid >= 0n),
    ),
  );

test("a cursor is the position that it was made of", () => {
  const within = fc.record({ history, cut, within: fc.record({ to: cut, after: id }) });
  fc.assert(
    fc.property(fc.oneof(within, fc.record({ history, cut })), (position) => {
      const cursor = encodeCursor(position);
      expect(cursor.length).toBeLessThanOrEqual(longestCursor);
      expect(encodeURIComponent(cursor)).toBe(cursor);
      expect(decodeCursor(cursor)).toEqual(position);
    }),
  );
});

test("is short while few transactions are under way", () => {
  const [from, to] = [cutBehind(123_456_789n, []), cutBehind(123_456_799n, [123_456_795n, 123_456_797n])];
  const position = { history: "68c3f1a2b4d5e6f7-00000001", cut: from, within: { to, after: 98_765_432n } };
  expect(encodeCursor(position).length).toBeLessThan(80);
});

const written = (text: string): string => Buffer.from(text).toString("base64url");

test.each([
  ["nothing", ""],
  ["no base64", "%%%"],
  ["another version", written("2.a-1.1")],
  ["a cursor of a listing", written(JSON.stringify({ s: "name", f: {}, k: "x", p: "1" }))],
  ["a negative number", written("1.a-1.-1")],
  ["a transaction that cannot be", written(`1.a-1.${(2n ** 64n).toString(36)}`)],
  ["a transaction that is running and below 0", written("1.a-1.5~6")],
  ["transactions that are running beyond the end", written("1.a-1.5~0")],
  ["transactions that are running in no order", written("1.a-1.5~2~3")],
  ["the same transaction twice", written("1.a-1.5~2~2")],
  ["an event that cannot be", written(`1.a-1.1.2.${(2n ** 63n).toString(36)}`)],
  ["a stretch without an event", written("1.a-1.1.2")],
  ["more text than any cursor has", "A".repeat(longestCursor + 1)],
])("%s is none", (_what, text) => {
  expect(decodeCursor(text)).toBeUndefined();
});

test("no text has it fail", () => {
  fc.assert(fc.property(fc.string(), (text) => void decodeCursor(text)));
  fc.assert(fc.property(fc.string(), (text) => void decodeCursor(written(text))));
});
