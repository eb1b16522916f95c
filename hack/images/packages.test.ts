import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Lock, packagesFor, type Target } from "./packages.ts";

const target: Target = { os: "linux", cpu: "x64", libc: "glibc" };

const lock: Lock = {
  "node_modules/a": { dependencies: { b: "1" }, optionalDependencies: { native: "1", "native-mac": "1" } },
  "node_modules/b": { dependencies: { a: "1" } },
  "node_modules/native": { os: ["linux"], cpu: ["x64"], libc: ["glibc"], optionalDependencies: { "native-musl": "1" } },
  "node_modules/native-mac": { os: ["darwin"] },
  "node_modules/native-musl": { os: ["!win32"], libc: ["musl"] },
  "node_modules/mac-only": { dependencies: { "native-mac": "1" } },
  "node_modules/nested": { dependencies: { b: "2" } },
  "node_modules/nested/node_modules/b": {},
};

describe("packagesFor", () => {
  test("takes what a package needs, and of what is optional that which runs there", () => {
    expect(packagesFor(["a"], lock, target)).toEqual(["node_modules/a", "node_modules/b", "node_modules/native"]);
    expect(packagesFor(["a"], lock, { ...target, os: "darwin" })).toEqual([
      "node_modules/a",
      "node_modules/b",
      "node_modules/native-mac",
    ]);
  });

  test("refuses what would be missing, or another one, in the image", () => {
    expect(() => packagesFor(["c"], lock, target)).toThrow("package-lock.json has no c at the top");
    expect(() => packagesFor(["mac-only"], lock, target)).toThrow("native-mac does not run on linux-x64 (glibc)");
    expect(() => packagesFor(["nested"], lock, target)).toThrow("where node_modules/nested would find it");
  });

  test.each(["x64", "arm64"])("finds the decoder of images and its library for %s", (cpu) => {
    const file = join(import.meta.dirname, "../../package-lock.json");
    const { packages } = JSON.parse(readFileSync(file, "utf8")) as { packages: Lock };
    expect(packagesFor(["sharp"], packages, { ...target, cpu })).toEqual([
      "node_modules/@img/colour",
      `node_modules/@img/sharp-libvips-linux-${cpu}`,
      `node_modules/@img/sharp-linux-${cpu}`,
      "node_modules/detect-libc",
      "node_modules/semver",
      "node_modules/sharp",
    ]);
  });
});
