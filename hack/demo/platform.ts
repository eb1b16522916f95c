import { readFileSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { ProfilePlatform } from "@profile-platform/crds";
import { parseAllDocuments } from "yaml";
import { currentReady, getPlatform } from "../e2e/support/platform.ts";
import type { LiveCluster } from "../live/cluster.ts";
import { HintedError } from "./hinted.ts";

export const MANIFEST = process.env["MANIFEST"] || "samples/demo.yaml";

const READY_TIMEOUT_MS = 300_000;
const LOOK_INTERVAL_MS = 250;

/** Name of the platform in a manifest. Throws a sentence unless the file holds one ProfilePlatform with a name. */
export function platformName(manifest: string): string {
  const cure = `set MANIFEST to the file of one ProfilePlatform, such as MANIFEST=samples/demo.yaml`;
  const stats = statSync(manifest, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(`MANIFEST=${manifest} does not exist: ${cure}`);
  if (!stats.isFile()) throw new Error(`MANIFEST=${manifest} is not a file: ${cure}`);
  // A separator that begins or ends the file makes no further document.
  const documents = parseAllDocuments(readFileSync(manifest, "utf8")).filter(({ contents }) => contents !== null);
  const [document] = documents;
  const [mistake] = document?.errors ?? [];
  if (mistake !== undefined) throw new Error(`MANIFEST=${manifest} is not YAML: ${mistake.message}`);
  const found = document?.toJS() as Partial<ProfilePlatform> | undefined;
  if (documents.length !== 1 || found?.kind !== "ProfilePlatform") {
    throw new Error(`MANIFEST=${manifest} does not hold one ProfilePlatform and nothing else: ${cure}`);
  }
  const name: unknown = found.metadata?.name;
  if (typeof name !== "string" || name === "") {
    throw new Error(`MANIFEST=${manifest} names no platform: give its metadata.name`);
  }
  return name;
}

export async function applyManifest({ kubectl }: LiveCluster, manifest: string): Promise<string> {
  return (await kubectl.run(["apply", "-f", manifest])).trim();
}

/** Waits until the platform is Ready for its newest specification, and tells on the way what it waits for. */
export async function waitReady({ kubectl, progress }: LiveCluster, name: string): Promise<ProfilePlatform> {
  return progress.step(`platform ${name} Ready`, async (note) => {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    let awaited = "the operator has not seen it yet";
    while (performance.now() < deadline) {
      const platform = await getPlatform(kubectl, name);
      if (platform === undefined) throw new Error(`platform ${name} does not exist: apply its manifest first`);
      const ready = currentReady(platform);
      if (ready?.status === "True") {
        note(`${platform.status?.componentsReady ?? ""} components`);
        return platform;
      }
      awaited = ready?.message ?? awaited;
      note(awaited);
      await delay(LOOK_INTERVAL_MS);
    }
    throw new HintedError(`platform ${name} was not Ready within ${READY_TIMEOUT_MS / 1000} s: ${awaited}`, [
      "make status",
      "make logs-operator",
      "kubectl get events --all-namespaces --sort-by=.lastTimestamp",
    ]);
  });
}
