import { isDeepStrictEqual } from "node:util";
import { objectPath, ResourceTypes, resourcePath } from "@profile-platform/operator/engine/client/resource-type";
import { APPLIED_TYPES, PLATFORM_TYPE } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { FIELD_MANAGER } from "@profile-platform/operator/names";
import { managedFieldsOf } from "../e2e/support/managed-fields.ts";
import { objectKey, ownedBy } from "../e2e/support/platform.ts";
import { contentOf, type Deed, patchOf } from "./deeds.ts";
import type { DirectApi } from "./direct-api.ts";
import type { Sample } from "./latencies.ts";

/** One change, and how long it took until it was answered. */
export interface AuditedChange extends Sample {
  readonly deed: Deed | "spec";
  /** `Kind namespace/name`. */
  readonly object: string;
  /** Monotonic milliseconds when it was made. */
  readonly from: number;
}

export interface AuditorOptions {
  /** A line of its own. */
  readonly api: DirectApi;
  /** After this many milliseconds a change counts as missed. */
  readonly missedAfterMs?: number;
}

const TYPES = new ResourceTypes([PLATFORM_TYPE, ...APPLIED_TYPES]);
const MISSED_AFTER_MS = 20_000;
const LABEL_PLATFORM = "profileplatform.io/platform";

/**
 * Knows what every child of a platform must look like, changes one, and watches until it looks so again. It learns what
 * is right from a platform at rest, not from the operator's code.
 */
export class Auditor {
  readonly #api: DirectApi;
  readonly #missedAfterMs: number;
  readonly #expected = new Map<string, KubernetesObject>();
  #visitors = 0;

  constructor({ api, missedAfterMs = MISSED_AFTER_MS }: AuditorOptions) {
    this.#api = api;
    this.#missedAfterMs = missedAfterMs;
  }

  /** Everything that was learned, in a stable order. */
  get children(): readonly KubernetesObject[] {
    return [...this.#expected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** Those of one platform. */
  childrenOf(platform: string): readonly KubernetesObject[] {
    return this.children.filter(({ metadata }) => metadata.labels?.[LABEL_PLATFORM] === platform);
  }

  /** Takes the children of a platform as they are now for right, instead of what was right before. */
  async learn(platform: string): Promise<void> {
    for (const child of this.childrenOf(platform)) this.#expected.delete(objectKey(child));
    for (const child of await this.#read(platform)) this.#expected.set(objectKey(child), child);
  }

  /** Names of what is not as it was learned, or is not there. */
  async wrong(platform: string): Promise<readonly string[]> {
    const now = new Map((await this.#read(platform)).map((child) => [objectKey(child), child]));
    return this.childrenOf(platform)
      .filter((child) => !isAsLearned(child, now.get(objectKey(child))))
      .map(objectKey);
  }

  /**
   * Does something to a child and waits until it is undone. Undefined when the child is not as it was learned to begin
   * with: an earlier change of it was missed, and is counted there.
   */
  async disturb(child: KubernetesObject, deed: Deed): Promise<AuditedChange | undefined> {
    const type = TYPES.of(child);
    const path = objectPath(type, child);
    const found = await this.#api.find(path);
    if (found === undefined || !isAsLearned(child, found)) return undefined;
    const before = { ...found, apiVersion: child.apiVersion, kind: child.kind };
    const collection = resourcePath(type, { namespace: child.metadata.namespace });
    const started = performance.now();
    const from = await this.#do(deed, before, { path, collection });
    const isAnswered = (now: KubernetesObject): boolean =>
      (deed !== "delete" || now.metadata.uid !== before.metadata.uid) && isAsLearned(child, now);
    const answered = await this.#until(collection, child.metadata.name, from, isAnswered);
    return { deed, object: objectKey(child), from: started, latencyMs: difference(started, answered) };
  }

  /** Patches a platform's spec, and waits until a child shows it. What is right of its children must be learned anew. */
  async changeSpec(
    platform: string,
    spec: unknown,
    child: KubernetesObject,
    shows: (now: KubernetesObject) => boolean,
  ): Promise<AuditedChange> {
    const type = TYPES.of(child);
    const collection = resourcePath(type, { namespace: child.metadata.namespace });
    const from = await this.#newest(collection);
    const started = performance.now();
    await this.#api.request({
      method: "PATCH",
      path: resourcePath(PLATFORM_TYPE, { name: platform }),
      body: { spec },
      contentType: "application/merge-patch+json",
    });
    const answered = await this.#until(collection, child.metadata.name, from, shows);
    const latencyMs = difference(started, answered);
    return { deed: "spec", object: `ProfilePlatform ${platform}`, from: started, latencyMs };
  }

  /** Returns from which resource version on the answer may come. */
  async #do(
    deed: Deed,
    before: KubernetesObject,
    { path, collection }: { readonly path: string; readonly collection: string },
  ): Promise<string> {
    if (deed === "delete") {
      const from = await this.#newest(collection);
      await this.#api.request({ method: "DELETE", path, body: { propagationPolicy: "Background" } });
      return from;
    }
    const patch = patchOf(deed, before.kind);
    if (patch === undefined) throw new Error(`there is no "${deed}" for a ${before.kind}: add one to deeds.ts`);
    const contentType = "application/merge-patch+json";
    // Somebody else each time: one who sets the same field again and again is met with pauses, and with a condition.
    const target = `${path}?fieldManager=visitor-${++this.#visitors}`;
    const after = await this.#api.request({ method: "PATCH", path: target, body: patch, contentType });
    if (
      isDeepStrictEqual(contentOf({ ...after, apiVersion: before.apiVersion, kind: before.kind }), contentOf(before))
    ) {
      throw new Error(`"${deed}" changes nothing in ${objectKey(before)}: choose another patch in deeds.ts`);
    }
    return versionOf(after);
  }

  /** The resource version of now: that of an object that has not changed for long may be too old to watch from. */
  async #newest(collection: string): Promise<string> {
    return versionOf(await this.#api.request({ method: "GET", path: `${collection}?limit=1` }));
  }

  /** The moment when the object was first seen right; undefined if it was not in time. */
  async #until(
    collection: string,
    name: string,
    from: string,
    isRight: (now: KubernetesObject) => boolean,
  ): Promise<number | undefined> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), this.#missedAfterMs);
    try {
      for await (const { type, object } of this.#api.watch(collection, name, from, stop.signal)) {
        if (type === "ERROR")
          throw new Error(`the auditor's watch of ${collection}/${name} ended: ${JSON.stringify(object)}`);
        if (type !== "DELETED" && isRight(object)) return performance.now();
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
    return undefined;
  }

  async #read(platform: string): Promise<readonly KubernetesObject[]> {
    const selector = `labelSelector=${encodeURIComponent(ownedBy(platform))}`;
    const lists = APPLIED_TYPES.map((type) => this.#api.list(`${resourcePath(type, {})}?${selector}`));
    return (await Promise.all(lists)).flat().filter(isApplied);
  }
}

/** Labels alone prove nothing: Kubernetes copies them onto objects of its own, and anybody may set them. */
function isApplied(object: KubernetesObject): boolean {
  return managedFieldsOf(object).some(({ manager, operation }) => manager === FIELD_MANAGER && operation === "Apply");
}

function isAsLearned(learned: KubernetesObject, now: KubernetesObject | undefined): boolean {
  if (now === undefined || now.metadata.deletionTimestamp !== undefined) return false;
  const same = { ...now, apiVersion: learned.apiVersion, kind: learned.kind };
  return isDeepStrictEqual(contentOf(same), contentOf(learned));
}

function difference(from: number, until: number | undefined): number | undefined {
  return until === undefined ? undefined : until - from;
}

function versionOf({ metadata: { resourceVersion = "" } }: KubernetesObject): string {
  return resourceVersion;
}
