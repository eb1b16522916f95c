import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cursor, decodeCursor, differences, encodeCursor } from "./cursor.ts";
import { type Filters, filterNames } from "./list-query.ts";
import { sorts } from "./sort.ts";

const cursor: Cursor = {
  sort: "createdAt",
  filters: {},
  after: { key: "1795886446490123", position: "9007199254740993" },
};

const text = fc.string({ unit: "grapheme", maxLength: 50 }).filter((value) => !value.includes("\0"));
const filters: fc.Arbitrary<Filters> = fc.dictionary(fc.constantFrom(...filterNames), text);
const position = fc.nat().map(String);
const cursors: fc.Arbitrary<Cursor> = fc.oneof(
  fc.record({
    sort: fc.constantFrom("name" as const, "-name" as const),
    filters,
    after: fc.record({ key: text, position }),
  }),
  fc.record({
    sort: fc.constantFrom("createdAt" as const, "-updatedAt" as const),
    filters,
    after: fc.record({ key: fc.bigInt({ min: 0n, max: 10n ** 16n - 1n }).map(String), position }),
  }),
);

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

describe("a cursor", () => {
  test("leads back to its position and its listing, and needs no escapes in a query", () => {
    fc.assert(
      fc.property(cursors, (value) => {
        const written = encodeCursor(value);
        expect(written).toMatch(/^[\w-]+$/);
        expect(decodeCursor(written)).toEqual({ ...value, filters: { ...value.filters } });
      }),
    );
  });

  test.each([
    ["", "nothing"],
    ["5", "a number"],
    ["%00", "no base64"],
    [encoded(null), "null"],
    [encoded([]), "a list"],
    [encoded({ s: "email", f: {}, k: "1", p: "1" }), "a sort that there is not"],
    [encoded({ s: "name", f: { id: "1" }, k: "a", p: "1" }), "a filter that there is not"],
    [encoded({ s: "createdAt", f: {}, k: "2026-02-30", p: "1" }), "a key of another kind"],
    [encoded({ s: "createdAt", f: {}, k: "1".repeat(17), p: "1" }), "a time out of range"],
    [encoded({ s: "name", f: {}, k: "a\0", p: "1" }), "a name that cannot be stored"],
    [encoded({ s: "name", f: {}, k: "\ud800", p: "1" }), "half of a surrogate pair"],
    [encoded({ s: "name", f: {}, k: "a", p: "-1" }), "a position that there is not"],
    [encoded({ s: "name", f: {}, k: "a", p: "1".repeat(19) }), "a position out of range"],
    [encoded({ s: "name", f: {}, k: "a", p: "1", x: 1 }), "something else beside"],
  ])("%s is none: %s", (written) => {
    expect(decodeCursor(written)).toBeUndefined();
  });

  test("that somebody made up is refused or has the form of one of ours, and never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString("base64url")),
        ),
        (written) => {
          expect([undefined, ...sorts]).toContain(decodeCursor(written)?.sort);
        },
      ),
    );
  });
});

describe("differences", () => {
  test("there are none from the same listing", () => {
    fc.assert(
      fc.property(cursors, (value) => {
        expect(differences(value, value.sort, { ...value.filters })).toEqual([]);
      }),
    );
  });

  test("are each named, with what it has to be", () => {
    const from: Cursor = { ...cursor, sort: "-name", filters: { search: "ada", email: "ada@example.org" } };
    expect(differences(from, "name", { search: "grace", name: "Ada", email: "ada@example.org" })).toEqual([
      { pointer: "sort", detail: 'must be "-name", as in the request that the cursor is from' },
      { pointer: "name", detail: "must be left out, as in the request that the cursor is from" },
      { pointer: "search", detail: 'must be "ada", as in the request that the cursor is from' },
    ]);
    expect(differences({ ...cursor, filters: { name: "Ada" } }, "createdAt", {})).toEqual([
      { pointer: "name", detail: 'must be "Ada", as in the request that the cursor is from' },
    ]);
  });
});
