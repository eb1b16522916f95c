import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProfilePlatform } from "@profile-platform/crds";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "../../../..");

/** The definitions as Helm and kubectl install them. */
export const DEFINITIONS = ["profileplatforms", "platformbackups"].map((plural) =>
  join(ROOT, `crds/profileplatform.io_${plural}.yaml`),
);
export const SAMPLES = join(ROOT, "samples");

export interface Sample {
  /** File name without its ending, or the folder's name for a pair. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly manifest: ProfilePlatform;
  /** What the API server says, by the comment `# Answer: …` in the file; one entry a line. */
  readonly answers: readonly string[];
}

export interface Change {
  readonly name: string;
  readonly before: Sample;
  readonly after: Sample;
}

/** The manifests of one folder, not those of folders in it. */
export async function readSamples(folder: string): Promise<readonly Sample[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  return Promise.all(names.map((name) => readSample(name.slice(0, -".yaml".length), join(folder, name))));
}

/** The pairs of manifests in samples/refused/changes. */
export async function readChanges(): Promise<readonly Change[]> {
  const folder = join(SAMPLES, "refused/changes");
  return Promise.all(
    (await readdir(folder)).sort().map(async (name) => ({
      name,
      before: await readSample(name, join(folder, name, "before.yaml")),
      after: await readSample(name, join(folder, name, "after.yaml")),
    })),
  );
}

async function readSample(name: string, path: string): Promise<Sample> {
  const text = await readFile(path, "utf8");
  const answers = [...text.matchAll(/^# Answer: (.+)$/gm)].map(([, answer = ""]) => answer);
  return { name, path, text, manifest: parse(text) as ProfilePlatform, answers };
}
