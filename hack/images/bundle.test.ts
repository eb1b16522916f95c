import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
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
    const { sources } = JSON.parse(await readFile(join(folder, "operator.mjs.map"), "utf8")) as { sources: string[] };
    expect(sources.filter((source) => source.includes("node_modules/undici/"))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);

test("a bundled server starts with nothing but what goes into its image", async () => {
  const folder = await mkdtemp(join(tmpdir(), "profile-platform-bundle-"));
  try {
    await bundleInto("runtime", join(import.meta.dirname, "../.."), folder);
    await rename(join(folder, "packages"), join(folder, "node_modules"));
    // The store of images is loaded only where it is configured.
    const stores = { DB_PASSWORD: "x", REDIS_PASSWORD: "x", S3_BUCKET: "images" };
    const issuer = { AUTH_JWKS_FILE: join(folder, "jwks.json"), AUTH_ISSUER: "https://issuer.example" };
    const env = { ...stores, ...issuer, SERVER_PORT: "0", METRICS_PORT: "0" };
    const server = spawn(process.execPath, [join(folder, "server.mjs")], { env, cwd: folder });
    let output = "";
    for await (const chunk of server.stdout) {
      output += String(chunk);
      if (output.includes('"listening"')) break;
    }
    server.kill("SIGKILL");
    expect(output).toContain('"listening"');
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
