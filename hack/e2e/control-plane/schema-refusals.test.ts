import type { ProfilePlatform } from "@profile-platform/crds";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "./support/api-server.ts";
import { readChanges, readSamples, SAMPLES } from "./support/samples.ts";

const refused = await readSamples(`${SAMPLES}/refused`);
const changes = await readChanges();

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await server.installDefinition();
});

afterAll(async () => {
  await server?.stop();
});

describe("a manifest that is broken on purpose", () => {
  let stored: readonly ProfilePlatform[];

  beforeAll(async () => {
    await server.kubectl.run(["apply", "-f", `${SAMPLES}/demo.yaml`]);
    stored = await server.platforms();
  });

  afterAll(async () => {
    await server.kubectl.run(["delete", "profileplatform", "demo"]);
  });

  test.each(refused)("$name is refused with path and cure, and nothing is changed", async ({ path, answers }) => {
    expect(answers.length).toBeGreaterThan(0);
    const result = await server.kubectl.try(["apply", "-f", path]);
    expect(result.code).not.toBe(0);
    for (const answer of answers) expect(result.stderr).toContain(answer);
    expect(await server.platforms()).toEqual(stored);
  });

  // The other ways to send a manifest, all manifests at once: kubectl goes on after a refusal.
  test("a dry run gives the same answers", async () => {
    const result = await server.kubectl.try(["apply", "--dry-run=server", "-f", `${SAMPLES}/refused`]);
    expect(result.stdout).toBe("");
    for (const answer of refused.flatMap(({ answers }) => answers)) expect(result.stderr).toContain(answer);
    expect(await server.platforms()).toEqual(stored);
  });

  test("server-side apply accepts none", async () => {
    const result = await server.kubectl.try(["apply", "--server-side", "-f", `${SAMPLES}/refused`]);
    expect(result.stdout).toBe("");
    // It words unknown fields and wrong types in its own way, with the path.
    const paths = refused.flatMap(({ answers }) =>
      answers.map((answer) => /(?:spec|metadata)\.[\w.]+/.exec(answer)?.[0]),
    );
    for (const path of paths) expect(result.stderr).toContain(path);
    expect(await server.platforms()).toEqual(stored);
  });

  test("none is accepted in place of a platform that runs", async () => {
    // A name cannot be changed, so a bad one cannot come this way.
    const replacing = refused.filter(({ answers }) => !answers.some((answer) => answer.startsWith("metadata.name")));
    const texts = replacing.map(({ text }) => text.replace(/^ {2}name: .*$/m, "  name: demo"));
    const result = await server.kubectl.try(["replace", "-f", "-"], texts.join("---\n"));
    expect(result.stdout).toBe("");
    for (const answer of replacing.flatMap(({ answers }) => answers)) expect(result.stderr).toContain(answer);
    expect(await server.platforms()).toEqual(stored);
  });

  test.each([
    ["limits", "spec.server.resources.limits: Required value: limits cannot be removed"],
    ["requests", "spec.server.resources.requests: Required value: requests cannot be removed"],
  ])("a patch cannot take %s away from a platform that runs", async (part, answer) => {
    const patch = JSON.stringify({ spec: { server: { resources: { [part]: null } } } });
    const result = await server.kubectl.try(["patch", "profileplatform", "demo", "--type=merge", "-p", patch]);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain(answer);
    expect(await server.platforms()).toEqual(stored);
  });
});

describe("a change of what cannot change", () => {
  test.each(changes)("$name is refused, and the platform stays as it was", async ({ name, before, after }) => {
    expect(after.answers.length).toBeGreaterThan(0);
    await server.kubectl.run(["apply", "-f", before.path]);
    const stored = await server.platforms();
    for (const flags of [["--dry-run=server"], []]) {
      const result = await server.kubectl.try(["apply", ...flags, "-f", after.path]);
      expect(result.code).not.toBe(0);
      for (const answer of after.answers) expect(result.stderr).toContain(answer);
    }
    expect(await server.platforms()).toEqual(stored);
    // The way back that the message names.
    await server.kubectl.run(["apply", "-f", before.path]);
    expect(await server.platforms()).toEqual(stored);
    await server.kubectl.run(["delete", "profileplatform", name]);
  });
});
