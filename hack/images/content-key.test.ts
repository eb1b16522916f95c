import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { array, assert, property, string } from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentKey, describeFiles } from "./content-key.ts";

describe("contentKey", () => {
  test("differs for different parts, however they are cut", () => {
    const parts = array(string());
    const sameKeyOnlyIfEqual = property(parts, parts, (a, b) => {
      expect(contentKey(a) === contentKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    });
    assert(sameKeyOnlyIfEqual);
  });

  test("tells parts from their concatenation", () => {
    expect(contentKey(["ab", "c"])).not.toBe(contentKey(["a", "bc"]));
  });

  test("fits into a tag", () => {
    expect(contentKey(["a"])).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("describeFiles", () => {
  let root: string;
  const put = (path: string, text: string, mode = 0o644) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };
  const key = async (accept?: (path: string) => boolean) =>
    contentKey(await describeFiles(root, ["src", "Dockerfile"], accept));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "content-key-"));
    put("src/a.ts", "a");
    put("src/deep/b.ts", "b");
    put("Dockerfile", "FROM scratch\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("lists path, mode and digest in a fixed order", async () => {
    put("Dockerfile", "", 0o755);
    expect((await describeFiles(root, ["src", "Dockerfile"])).map((line) => line.slice(0, -58))).toEqual([
      "Dockerfile x e3b0c4",
      "src/a.ts - ca9781",
      "src/deep/b.ts - 3e23e8",
    ]);
  });

  test.each([
    ["content", () => put("src/a.ts", "A")],
    ["mode", () => put("src/a.ts", "a", 0o755)],
    ["name", () => put("src/c.ts", "")],
    ["Dockerfile", () => put("Dockerfile", "FROM scratch\nUSER 1\n")],
  ])("changes the key with the %s of a file", async (_what, change) => {
    const before = await key();
    change();
    expect(await key()).not.toBe(before);
  });

  test("sees neither files outside, nor those refused, nor installed packages", async () => {
    const accept = (path: string) => !path.endsWith(".test.ts");
    const before = await key(accept);
    put("other/a.ts", "x");
    put("src/a.test.ts", "x");
    put("src/node_modules/library/index.js", "x");
    expect(await key(accept)).toBe(before);
  });
});
