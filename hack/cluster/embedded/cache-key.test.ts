import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { contentKey } from "./cache-key.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cache-key-"));
  mkdirSync(join(folder, "internal"));
  writeFileSync(join(folder, "go.mod"), "module m\n");
  writeFileSync(join(folder, "internal", "a.go"), "package a\n");
});

afterEach(() => rmSync(folder, { recursive: true }));

it("is the same for the same content", () => {
  expect(contentKey(folder, ["go1.26"])).toBe(contentKey(folder, ["go1.26"]));
});

it.each([
  ["a file's content", () => writeFileSync(join(folder, "internal", "a.go"), "package b\n")],
  ["a file's name", () => renameSync(join(folder, "internal", "a.go"), join(folder, "internal", "b.go"))],
  ["a new file", () => writeFileSync(join(folder, "b.go"), "")],
  ["a dependency", () => writeFileSync(join(folder, "go.sum"), "x v1 h1:\n")],
])("changes with %s", (_what, change) => {
  const before = contentKey(folder, []);
  change();
  expect(contentKey(folder, [])).not.toBe(before);
});

it("changes with the compiler", () => {
  expect(contentKey(folder, ["go1.26"])).not.toBe(contentKey(folder, ["go1.27"]));
});

it("does not mix up neighbouring inputs", () => {
  expect(contentKey(folder, ["ab", "c"])).not.toBe(contentKey(folder, ["a", "bc"]));
});

it("ignores tests and notes, of which nothing is built", () => {
  const before = contentKey(folder, []);
  writeFileSync(join(folder, "internal", "a_test.go"), "package a\n");
  writeFileSync(join(folder, "NOTES.md"), "x");
  expect(contentKey(folder, [])).toBe(before);
});
