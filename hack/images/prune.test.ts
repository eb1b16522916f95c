import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeOldArchives } from "./prune.ts";

test("keeps the current archives and the newest two others of each image", () => {
  const folder = mkdtempSync(join(tmpdir(), "prune-"));
  try {
    const names = ["a", "b", "c", "d"].map((digit) => `redis-${digit.repeat(12)}.tar`);
    for (const [age, name] of [...names, "node-base-aaaaaaaaaaaa.tar", "images.json"].entries()) {
      writeFileSync(join(folder, name), "");
      utimesSync(join(folder, name), 1000 - age, 1000 - age);
    }
    removeOldArchives(folder, new Set([join(folder, names[3] ?? "")]));
    expect(new Set(readdirSync(folder))).toEqual(
      new Set(["images.json", "node-base-aaaaaaaaaaaa.tar", names[0], names[1], names[3]]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
