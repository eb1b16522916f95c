import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { ProfilePlatform } from "@profile-platform/crds";
import { parse } from "yaml";
import { condition, getPlatform } from "../e2e/support/platform.ts";
import type { LiveCluster } from "../live/cluster.ts";
import { HintedError } from "./hinted.ts";

export const MANIFEST = process.env["MANIFEST"] || "samples/demo.yaml";

const READY_TIMEOUT_MS = 300_000;
const LOOK_INTERVAL_MS = 250;

/** Name of the platform in a manifest. Throws a sentence when the file holds none. */
export function platformName(manifest: string): string {
  const { metadata } = parse(readFileSync(manifest, "utf8")) as Partial<ProfilePlatform>;
  if (metadata?.name === undefined) throw new Error(`${manifest} names no platform: give metadata.name`);
  return metadata.name;
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
      const ready = condition(platform, "Ready");
      const isCurrent = ready?.observedGeneration === platform.metadata.generation;
      if (ready?.status === "True" && isCurrent) {
        note(`${platform.status?.componentsReady ?? ""} components`);
        return platform;
      }
      if (isCurrent && ready !== undefined) awaited = ready.message;
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
