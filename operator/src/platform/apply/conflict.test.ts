import { expect, test } from "vitest";
import { platformOfSpec } from "../testing.ts";
import { findConflict, withSamePrefix } from "./conflict.ts";

const platform = (name: string, creationTimestamp: string, namespacePrefix?: string) =>
  platformOfSpec(namespacePrefix === undefined ? {} : { namespacePrefix }, { name, creationTimestamp });

const first = platform("first", "2026-01-01T00:00:00Z", "a-");
const second = platform("second", "2026-01-01T00:00:01Z", "a-");
const other = platform("other", "2025-01-01T00:00:00Z", "b-");

test("the older of two platforms with one prefix has it, and the younger is told", () => {
  const all = [second, other, first];
  expect(findConflict(first, all)).toBeUndefined();
  expect(findConflict(other, all)).toBeUndefined();
  expect(findConflict(second, all)).toEqual({
    reason: "PrefixTaken",
    message:
      'ProfilePlatform first has the namespaces that begin with "a-". ' +
      "Delete this platform and create it again with another spec.namespacePrefix.",
  });
});

test("of two that were made in the same second the name decides", () => {
  const twin = platform("a-twin", "2026-01-01T00:00:00Z", "a-");
  expect(findConflict(first, [first, twin])?.message).toContain("ProfilePlatform a-twin has");
  expect(findConflict(twin, [first, twin])).toBeUndefined();
});

test("no prefix is a prefix too, given or left out", () => {
  const bare = [platform("one", "2026-01-01T00:00:00Z"), platform("two", "2026-01-01T00:00:01Z", "")] as const;
  expect(findConflict(bare[1], bare)?.message).toContain("the namespaces without a prefix");
});

test("those that may get their turn are found", () => {
  expect(withSamePrefix(first, [first, second, other])).toEqual(["second"]);
});
