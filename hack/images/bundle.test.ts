import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { VERSION } from "@profile-platform/operator/version";
import { expect, test } from "vitest";
import { bundleInto } from "./bundle.ts";

test("a bundled operator says which sources it was made from", async () => {
  const folder = await mkdtemp(join(tmpdir(), "profile-platform-bundle-"));
  try {
    await bundleInto("operator", join(import.meta.dirname, "../.."), folder);
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "operator.mjs"), "--version"]);
    const [, version, build, node] = /^(\S+) \(build ([0-9a-f]{12}), Node\.js (\S+)\)\n$/.exec(stdout) ?? [];
    expect({ version, node }).toEqual({ version: VERSION, node: process.version });
    expect(build).toBeDefined();
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
