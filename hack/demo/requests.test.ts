import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { platformName } from "./platform.ts";
import { nodesWanted } from "./prepare.ts";
import { describeKept, describeOthers } from "./remove.ts";

const folder = mkdtempSync(join(tmpdir(), "manifests-"));
afterAll(() => rmSync(folder, { recursive: true }));

function manifest(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("a manifest of one platform gives its name", () => {
  expect(platformName("samples/demo.yaml")).toBe("demo");
});

test.each([
  ["samples/nope.yaml", "MANIFEST=samples/nope.yaml does not exist: set MANIFEST to"],
  ["samples", "MANIFEST=samples is not a file: set MANIFEST to"],
  [manifest("empty.yaml", ""), "does not hold one ProfilePlatform and nothing else"],
  [manifest("two.yaml", "kind: ProfilePlatform\n---\nkind: ProfilePlatform\n"), "does not hold one ProfilePlatform"],
  [manifest("other.yaml", "kind: Secret\nmetadata: {name: a}\n"), "does not hold one ProfilePlatform"],
  [manifest("nameless.yaml", "kind: ProfilePlatform\nspec: {}\n"), "names no platform: give its metadata.name"],
  [manifest("broken.yaml", "kind: [\n"), "is not YAML"],
])("%s is refused with a sentence that names MANIFEST", (path, sentence) => {
  expect(() => platformName(path)).toThrow(sentence);
});

test.each(["abc", "0", "10", "2.5"])("NODES=%s is refused", (given) => {
  const sentence = `NODES=${given} is no number of nodes: give a whole number from 1 to 9, such as NODES=3`;
  expect(() => nodesWanted(given)).toThrow(sentence);
});

test("what is kept of a deleted platform is told with the command that removes it", () => {
  expect(describeKept("demo", ["namespace/data-layer"])).toBe(
    [
      "kept, because of deletionPolicy Retain: namespace/data-layer, with the volumes and credentials in it",
      "  make deploy-all installs the operator again and applies the manifest, which finds its data; to remove it for good:",
      "  kubectl delete namespace -l profileplatform.io/platform=demo",
    ].join("\n"),
  );
});

test("an operator that looks after other platforms stays, and their removal is told", () => {
  expect(describeOthers(["minimal", "second"])).toBe(
    [
      "the operator stays, for it looks after minimal, second as well; to delete that too:",
      "  make delete-all PLATFORM=minimal",
      "  make delete-all PLATFORM=second",
    ].join("\n"),
  );
});
