import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rangeOf } from "./range.ts";

/** Which of the bytes an answer has, from what RFC 9110 says of each byte on its own. */
function model(from: number | undefined, to: number | undefined, length: number): readonly number[] | "all" {
  const bytes = Array.from({ length }, (_, index) => index);
  if (from === undefined && to === undefined) return "all";
  if (from === undefined) return bytes.filter((index) => length - index <= (to ?? 0));
  if (to !== undefined && to < from) return "all";
  return bytes.filter((index) => index >= from && (to === undefined || index <= to));
}

function bytesOf(range: ReturnType<typeof rangeOf>): readonly number[] | "all" {
  if (range === "all") return range;
  if (range === "unsatisfiable") return [];
  return Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
}

const position = fc.option(fc.oneof(fc.nat(12), fc.nat(1_000_000)), { nil: undefined });

describe("rangeOf", () => {
  test("takes the bytes that the model takes, and cannot be satisfied when that is none", () => {
    fc.assert(
      fc.property(position, position, fc.nat(10), (from, to, length) => {
        expect(bytesOf(rangeOf(`bytes=${from ?? ""}-${to ?? ""}`, length))).toEqual(model(from, to, length));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [undefined, "absent"],
    ["", "empty"],
    ["bytes", "no set"],
    ["bytes=", "an empty set"],
    ["bytes=a-b", "no numbers"],
    ["bytes=1", "no hyphen"],
    ["bytes=-1-2", "a number below zero"],
    ["bytes=0-1,3-4", "several ranges"],
    ["items=0-1", "another unit"],
    ["bytes = 0-1", "blanks where none may be"],
    ["bytes=0-1.5", "a fraction"],
  ])("ignores %j: %s", (header, _what) => {
    expect(rangeOf(header, 10)).toBe("all");
  });

  test("takes numbers that are larger than any number, and units in any case", () => {
    expect(rangeOf(`bytes=2-${"9".repeat(400)}`, 10)).toEqual({ first: 2, last: 9 });
    expect(rangeOf(`bytes=-${"9".repeat(400)}`, 10)).toEqual({ first: 0, last: 9 });
    expect(rangeOf(`bytes=${"9".repeat(400)}-`, 10)).toBe("unsatisfiable");
    expect(rangeOf("Bytes=0-0", 10)).toEqual({ first: 0, last: 0 });
  });
});
