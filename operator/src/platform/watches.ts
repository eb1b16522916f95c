import type { ProfilePlatform } from "@profile-platform/crds";
import type { Cache, NamespacedStore, WatchOptions } from "../engine/cache.ts";
import type { ReadableStore } from "../engine/store.ts";
import { LOW_PRIORITY } from "../engine/work-queue.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { LABEL_PLATFORM, MANAGED_SELECTOR } from "../labels.ts";
import { withSamePrefix } from "./conflict.ts";
import { KINDS_WITHOUT_STATUS, PLATFORM_TYPE, SECRET_TYPE, WATCHED_TYPES } from "./kinds.ts";
import type { Stores } from "./live-objects.ts";
import { isChildNews, isPlatformNews, withoutStatus } from "./news.ts";
import { BY_COMPONENT, BY_PLATFORM, componentIndex } from "./observe.ts";
import type { Reporter } from "./report.ts";

/** Everything that the controller looks at. */
export interface Watches {
  readonly platforms: ReadableStore;
  /** Of all platforms, by kind. */
  readonly children: Stores;
  readonly secrets: NamespacedStore;
}

/** Declares what is watched; nothing is requested before the cache starts. */
export function declareWatches(cache: Cache): Watches {
  const secrets = cache.watchByNamespace(SECRET_TYPE, childOptions("Secret"));
  const stores = WATCHED_TYPES.map((type) => [type.kind, cache.watch(type, childOptions(type.kind))] as const);
  return {
    platforms: cache.watch(PLATFORM_TYPE),
    children: new Map<string, ReadableStore>([...stores, ["Secret", secrets]]),
    secrets,
  };
}

/** Wakes a platform whenever it, or something that carries its label, is not as it was. */
export function wakeOnChange(
  { platforms, children }: Watches,
  reporter: Pick<Reporter, "lastStatus">,
  enqueue: (platform: string, options?: { readonly priority?: number }) => void,
): void {
  platforms.subscribe((change) => {
    const { name } = change.object.metadata;
    if (!isPlatformNews(change, reporter.lastStatus(name))) return;
    enqueue(name, change.initial ? { priority: LOW_PRIORITY } : {});
    if (change.type !== "deleted") return;
    const all = platforms.list() as unknown as readonly ProfilePlatform[];
    for (const other of withSamePrefix(change.object as unknown as ProfilePlatform, all)) enqueue(other);
  });
  for (const store of children.values()) {
    store.subscribe((change) => {
      if (!isChildNews(change)) return;
      // A label that was edited concerns the platform that it named before as well.
      const named = [change.object, change.previous].flatMap((object) => platformLabel(object));
      for (const name of new Set(named)) enqueue(name, change.initial ? { priority: LOW_PRIORITY } : {});
    });
  }
}

function childOptions(kind: string): WatchOptions {
  const indexers = { [BY_PLATFORM]: platformLabel, [BY_COMPONENT]: componentIndex };
  const common = { labelSelector: MANAGED_SELECTOR, indexers };
  return KINDS_WITHOUT_STATUS.has(kind) ? { ...common, transform: withoutStatus } : common;
}

function platformLabel(object: KubernetesObject | undefined): readonly string[] {
  const name = object?.metadata.labels?.[LABEL_PLATFORM];
  return name === undefined ? [] : [name];
}
