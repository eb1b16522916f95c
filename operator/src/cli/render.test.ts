import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { KubernetesObject } from "../kubernetes.ts";
import { LABEL_LAYER } from "../labels.ts";
import { LAYERS } from "../names.ts";
import { REDACTED } from "./redact.ts";
import { renderCommand } from "./render.ts";
import { RecordingConsole } from "./testing.ts";

const MANIFEST = {
  apiVersion: "profileplatform.io/v1alpha1",
  kind: "ProfilePlatform",
  metadata: { name: "demo" },
  spec: { namespacePrefix: "team-" },
};

let folder: string;
let manifest: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "render-"));
  manifest = join(folder, "demo.json");
  writeFileSync(manifest, JSON.stringify(MANIFEST));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function render(...args: readonly string[]): Promise<string> {
  const console = new RecordingConsole();
  await renderCommand(console).parseAsync(["--filename", manifest, ...args], { from: "user" });
  return console.stdout;
}

async function renderObjects(...args: readonly string[]): Promise<readonly KubernetesObject[]> {
  return (JSON.parse(await render("--output", "json", ...args)) as { items: KubernetesObject[] }).items;
}

const secretsOf = (objects: readonly KubernetesObject[]) => objects.filter(({ kind }) => kind === "Secret");
const valuesOf = (objects: readonly KubernetesObject[]) =>
  secretsOf(objects).flatMap(({ data }) => Object.values(data as Readonly<Record<string, string>>));

test("layers come in the order in which they are applied, each begins with its namespace", async () => {
  const layers = (await renderObjects()).map(
    ({ metadata }) => metadata.labels?.[LABEL_LAYER] as (typeof LAYERS)[number],
  );
  expect(layers).toEqual([...layers].sort((a, b) => LAYERS.indexOf(a) - LAYERS.indexOf(b)));
  for (const layer of new Set(layers)) {
    const [first] = await renderObjects("--layer", layer);
    expect(first).toMatchObject({ kind: "Namespace", metadata: { name: `team-${layer}` } });
  }
});

test("YAML and JSON hold the same objects", async () => {
  const documents = parseAllDocuments(await render());
  expect("empty" in documents ? [] : documents.map((document) => document.toJS() as unknown)).toEqual(
    await renderObjects(),
  );
});

test("--layer gives that layer alone, and nothing for a layer without components", async () => {
  const layers = new Set((await renderObjects("--layer", "server-layer")).map((o) => o.metadata.labels?.[LABEL_LAYER]));
  expect(layers).toEqual(new Set(["server-layer"]));
  expect(await render("--layer", "client-layer")).toBe("");
});

test("--images replaces an image in the pods", async () => {
  const images = join(folder, "images.json");
  writeFileSync(images, JSON.stringify({ redis: "registry.example/redis:test" }));
  expect(await render("--images", images)).toContain("image: registry.example/redis:test\n");
});

describe("Secrets", () => {
  test("are redacted, and the output is the same every time", async () => {
    const objects = await renderObjects();
    expect(new Set(valuesOf(objects))).toEqual(new Set([REDACTED]));
    expect(await renderObjects()).toEqual(objects);
  });

  test("are fresh each time with --with-secrets", async () => {
    const [one, two] = [await renderObjects("--with-secrets"), await renderObjects("--with-secrets")];
    expect(valuesOf(one)).not.toContain(REDACTED);
    expect(valuesOf(one)).not.toEqual(valuesOf(two));
  });

  test("that exist are kept, with everything that depends on them", async () => {
    const before = await renderObjects("--with-secrets");
    const file = join(folder, "secrets.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: secretsOf(before) }));
    expect(await renderObjects("--existing-secrets", file)).toEqual(before);
  });

  test("of another platform are not taken", async () => {
    const before = await renderObjects("--with-secrets");
    const file = join(folder, "foreign.json");
    const foreign = JSON.stringify({ items: secretsOf(before) }).replaceAll('"demo"', '"other"');
    writeFileSync(file, foreign);
    expect(valuesOf(await renderObjects("--existing-secrets", file))).not.toEqual(valuesOf(before));
  });

  test("a file that is no JSON is refused without quoting it", async () => {
    const file = join(folder, "broken.json");
    writeFileSync(file, "password: hunter2");
    const error = await render("--existing-secrets", file).catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toContain("cannot be read as JSON");
    expect((error as Error).message).not.toContain("hunter2");
  });
});
