import { readFileSync } from "node:fs";
import type { ProfilePlatform } from "@profile-platform/crds";
import { profilePlatformDefinition } from "@profile-platform/crds/crd";
import { parseAllDocuments } from "yaml";
import { UsageError } from "../errors.ts";
import { API_GROUP, API_VERSION, KIND } from "../names.ts";
import { applyDefaults, findManifestDefects } from "../schema/index.ts";

const EXPECTED_API_VERSION = `${API_GROUP}/${API_VERSION}`;

/**
 * The ProfilePlatforms of manifest files, as they stand there. `-` is the standard input.
 *
 * @throws UsageError with a line for everything that is wrong: file, path of the field, and the cure.
 */
export function readManifests(files: readonly string[]): readonly ProfilePlatform[] {
  return files.flatMap((file) => parseManifest(file === "-" ? "standard input" : file, readText(file)));
}

function readText(file: string): string {
  try {
    // Descriptor 0 is the standard input.
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw new UsageError(
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}): give the path of a manifest`,
      {
        cause,
      },
    );
  }
}

/** The ProfilePlatforms in a text of YAML or JSON; `source` names it in messages. Throws UsageError. */
export function parseManifest(source: string, text: string): readonly ProfilePlatform[] {
  // As kubectl reads it: a bare off is false.
  const documents = parseAllDocuments(text, { version: "1.1" });
  if ("empty" in documents) throw new UsageError(`${source} is empty: write a ${KIND} into it`);
  const problems = documents.flatMap(({ errors }) => errors.map(({ message }) => `${source}: ${message.trimEnd()}`));
  if (problems.length > 0) throw new UsageError(problems.join("\n"));

  const values = documents.map((document) => document.toJS() as unknown).filter((value) => value !== null);
  if (values.length === 0) throw new UsageError(`${source} is empty: write a ${KIND} into it`);
  const defects = values.flatMap((value) => defectsOf(value).map((defect) => `${source}: ${defect}`));
  if (defects.length > 0) throw new UsageError(defects.join("\n"));
  return values as unknown as readonly ProfilePlatform[];
}

function defectsOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [`a manifest is an object with apiVersion and kind, not ${JSON.stringify(value)}`];
  }
  const { apiVersion, kind, metadata } = value as Partial<ProfilePlatform>;
  if (apiVersion !== EXPECTED_API_VERSION || kind !== KIND) {
    const found = `${String(apiVersion)} ${String(kind)}`;
    return [`${found} is no ${KIND}: give manifests of apiVersion ${EXPECTED_API_VERSION} and kind ${KIND} only`];
  }
  if (typeof metadata?.name !== "string" || metadata.name === "") {
    return ["metadata.name is missing: give the platform a name"];
  }
  const schema = profilePlatformDefinition.spec.versions.find(({ name }) => name === API_VERSION)?.schema
    .openAPIV3Schema;
  if (schema === undefined) throw new Error(`the definition of ${KIND} has no version ${API_VERSION}`);
  return findManifestDefects(schema, applyDefaults(schema, value)).map(({ path, message }) => `${path} ${message}`);
}
