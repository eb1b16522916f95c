import type { ProfilePlatform } from "@profile-platform/crds";
import type { Cache, NamespacedStore, WatchOptions } from "../../engine/cache/cache.ts";
import type { ReadableStore } from "../../engine/cache/store.ts";
import type { ResourceType } from "../../engine/client/resource-type.ts";
import { LOW_PRIORITY } from "../../engine/controller/work-queue.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_PLATFORM, MANAGED_SELECTOR } from "../../labels.ts";
import { BY_PREFIX, prefixIndex, rivals, withSamePrefix } from "../apply/conflict.ts";
import type { Reporter } from "../status/report.ts";
import type { CompactChild } from "./compact-child.ts";
import { makeCompactPlatform } from "./compact-platform.ts";
import { BACKUP_TYPE, isMetadataOnly, PLATFORM_TYPE, SECRET_TYPE, WATCHED_TYPES } from "./kinds.ts";
import type { LiveObjects, Stores } from "./live-objects.ts";
import { isChildNews, isPlatformNews } from "./news.ts";
import { BY_COMPONENT, BY_PLATFORM, componentIndex } from "./observe.ts";

/** Everything that the controller looks at. */
export interface Watches {
  readonly platforms: ReadableStore;
  /** PlatformBackups, whoever made them. */
  readonly backups: ReadableStore;
  /** Of all platforms, by kind. */
  readonly children: Stores;
  readonly secrets: NamespacedStore;
}

/** Declares what is watched; nothing is requested before the cache starts. */
export function declareWatches(cache: Cache, compact: CompactChild): Watches {
  const secrets = cache.watchByNamespace(SECRET_TYPE, childOptions(SECRET_TYPE, compact));
  const stores = WATCHED_TYPES.map((type) => [type.kind, cache.watch(type, childOptions(type, compact))] as const);
  return {
    platforms: cache.watch(PLATFORM_TYPE, {
      indexers: { [BY_PREFIX]: prefixIndex },
      transform: makeCompactPlatform(),
    }),
    backups: cache.watch(BACKUP_TYPE, { indexers: { [BY_NAMED_PLATFORM]: namedPlatform } }),
    children: new Map<string, ReadableStore>([...stores, ["Secret", secrets]]),
    secrets,
  };
}

/**
 * Wakes a platform whenever it, or something that carries its label, is not as it was. What a reconcile wrote it has
 * reckoned with by the answer already: that the cache hears of it wakes nobody.
 */
export function wakeOnChange(
  { platforms, backups }: Pick<Watches, "platforms" | "backups">,
  live: Pick<LiveObjects, "onChange">,
  reporter: Pick<Reporter, "lastStatus" | "heard">,
  enqueue: (platform: string, options?: { readonly priority?: number }) => void,
): void {
  platforms.subscribe((change) => {
    const { name } = change.object.metadata;
    const isNews = isPlatformNews(change, reporter.lastStatus(name));
    if (change.type === "updated") reporter.heard(change.object as unknown as ProfilePlatform);
    if (!isNews) return;
    enqueue(name, change.initial ? { priority: LOW_PRIORITY } : {});
    if (change.type !== "deleted") return;
    const gone = change.object as unknown as ProfilePlatform;
    for (const other of withSamePrefix(gone, rivals(gone, platforms))) enqueue(other);
  });
  backups.subscribe(({ object, initial }) => {
    // A backup may name what is no platform, or none yet.
    for (const name of namedPlatform(object).filter((one) => platforms.get(undefined, one) !== undefined)) {
      enqueue(name, initial ? { priority: LOW_PRIORITY } : {});
    }
  });
  live.onChange((change, afterWrite) => {
    if (afterWrite === "echo" || (afterWrite === undefined && !isChildNews(change))) return;
    // A label that was edited concerns the platform that it named before as well.
    const named = [change.object, change.previous].flatMap((object) => platformLabel(object));
    for (const name of new Set(named)) enqueue(name, change.initial ? { priority: LOW_PRIORITY } : {});
  });
}

function childOptions(type: ResourceType, compact: CompactChild): WatchOptions {
  return {
    labelSelector: MANAGED_SELECTOR,
    // Pods are looked for by component, everything else by platform.
    indexers: type.kind === "Pod" ? { [BY_COMPONENT]: componentIndex } : { [BY_PLATFORM]: platformLabel },
    metadataOnly: isMetadataOnly(type.kind),
    transform: (object) => compact(object, type.kind),
  };
}

/** Index of PlatformBackups by the platform that they name. */
export const BY_NAMED_PLATFORM = "named-platform";

function namedPlatform(backup: KubernetesObject): readonly string[] {
  const name = (backup["spec"] as { readonly platform?: string } | undefined)?.platform;
  return name === undefined ? [] : [name];
}

function platformLabel(object: KubernetesObject | undefined): readonly string[] {
  const name = object?.metadata.labels?.[LABEL_PLATFORM];
  return name === undefined ? [] : [name];
}
