import type { ProfilePlatform } from "@profile-platform/crds";
import type { ReadableStore } from "../../engine/cache/store.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import type { Blocked } from "./outcome.ts";

/** Index of platforms by the prefix of their namespaces. */
export const BY_PREFIX = "prefix";

/** Value of BY_PREFIX. */
export function prefixIndex(platform: KubernetesObject): readonly string[] {
  return [prefixOf(platform as unknown as ProfilePlatform)];
}

/** All platforms with the prefix of this one. */
export function rivals(platform: ProfilePlatform, platforms: ReadableStore): readonly ProfilePlatform[] {
  return platforms.byIndex(BY_PREFIX, prefixOf(platform)) as unknown as readonly ProfilePlatform[];
}

/**
 * Two platforms with one prefix want the same namespaces: the older one has them, the other is told. Undefined where
 * there is no such conflict.
 */
export function findConflict(platform: ProfilePlatform, all: readonly ProfilePlatform[]): Blocked | undefined {
  const rival = all
    .filter((other) => other.metadata.name !== platform.metadata.name && prefixOf(other) === prefixOf(platform))
    .sort(byAge)
    .find((other) => byAge(other, platform) < 0);
  if (rival === undefined) return undefined;
  const prefix = prefixOf(platform);
  const taken = prefix === "" ? "the namespaces without a prefix" : `the namespaces that begin with "${prefix}"`;
  const message =
    `ProfilePlatform ${rival.metadata.name} has ${taken}. ` +
    `Delete this platform and create it again with another spec.namespacePrefix.`;
  return { reason: "PrefixTaken", message };
}

/** Platforms that may be waiting for the namespaces of this one. */
export function withSamePrefix(platform: ProfilePlatform, all: readonly ProfilePlatform[]): readonly string[] {
  return all
    .filter((other) => other.metadata.name !== platform.metadata.name && prefixOf(other) === prefixOf(platform))
    .map(({ metadata }) => metadata.name);
}

function prefixOf({ spec }: ProfilePlatform): string {
  // An older definition may have left the default out.
  return (spec as ProfilePlatform["spec"] | undefined)?.namespacePrefix ?? "";
}

/** Times have whole seconds; of two made in the same one, the name decides, for every operator alike. */
function byAge(a: ProfilePlatform, b: ProfilePlatform): number {
  const age = compare(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "");
  return age === 0 ? compare(a.metadata.name, b.metadata.name) : age;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
