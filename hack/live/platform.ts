import type { ProfilePlatform } from "@profile-platform/crds";
import type { LayerName } from "@profile-platform/operator/names";
import { getPlatform } from "../e2e/support/platform.ts";
import type { LiveCluster } from "./cluster.ts";

/** The platform that targets are about: `PLATFORM`, or demo. */
export const PLATFORM = process.env["PLATFORM"] || "demo";

/** Throws a sentence when the cluster has no such platform. */
export async function requirePlatform({ kubectl }: LiveCluster, name = PLATFORM): Promise<ProfilePlatform> {
  const platform = await getPlatform(kubectl, name);
  if (platform !== undefined) return platform;
  throw new Error(`the cluster has no platform "${name}": make one with "make demo", or name another with PLATFORM=…`);
}

export function namespaceOf({ spec }: ProfilePlatform, layer: LayerName): string {
  return `${spec.namespacePrefix}${layer}`;
}
