import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { profilePlatformDefinition } from "@profile-platform/crds/crd";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { applyDefaults, findManifestDefects } from "./index.ts";

const SAMPLES = join(import.meta.dirname, "../../../samples");
const schema = profilePlatformDefinition.spec.versions[0]!.schema.openAPIV3Schema;

/** How the API server words what it finds in the structure. */
const SERVER_WORDS = / in body |Unsupported value|Too long|unknown field/;

/** Name, text and offline defects of each manifest in a folder. kubectl reads YAML 1.1. */
async function read(folder: string) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml"));
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      const manifest: unknown = parse(text, { version: "1.1" });
      return { name, text, defects: findManifestDefects(schema, applyDefaults(schema, manifest)) };
    }),
  );
}

test.each(await read(SAMPLES))("$name is accepted without an API server", ({ defects }) => {
  expect(defects).toEqual([]);
});

// The answers in the samples are those of a real API server: the control-plane tests hold them to it.
test.each(await read(join(SAMPLES, "refused")))(
  "$name is refused without an API server, at the same paths",
  ({ text, defects }) => {
    const answers = [...text.matchAll(/^# Answer: (?:unknown field ")?([\w.[\]]+).*$/gm)];
    expect(new Set(defects.map(({ path }) => path))).toEqual(new Set(answers.map(([, path]) => path)));
    // Where the sentence is this project's own, it is the same.
    const messages = defects.map(({ message }) => message);
    for (const [answer] of answers.filter(([line]) => !SERVER_WORDS.test(line))) {
      expect(messages.filter((message) => answer.endsWith(message))).not.toEqual([]);
    }
  },
);
