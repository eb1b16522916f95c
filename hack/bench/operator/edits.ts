import { setTimeout as delay } from "node:timers/promises";
import { Cache } from "@profile-platform/operator/engine/cache/cache";
import type { ReadableStore } from "@profile-platform/operator/engine/cache/store";
import type { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { apiVersionOf, objectPath, type ResourceType } from "@profile-platform/operator/engine/client/resource-type";
import { createLogger } from "@profile-platform/operator/engine/kit/log";
import { Metrics } from "@profile-platform/operator/engine/metrics/metrics";
import { APPLIED_TYPES } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

/** A label that both operators set to the same on everything. */
const LABEL = "app.kubernetes.io/part-of";
const MINE = "somebody-else";
const PLATFORM_LABEL = "profileplatform.io/platform";
const EDITED_KINDS = new Set(["ConfigMap", "NetworkPolicy", "Role", "Service", "StatefulSet"]);
/** An edit begins this long after the one before it, so that the operator is at rest at each. */
const EVERY_MS = 200;
/** What is not put right by then is counted as missed. */
const PATIENCE_MS = 10_000;

export interface EditResult {
  /** Milliseconds from the answer to each edit until the correction was seen, in the order of the edits. */
  readonly corrections: readonly number[];
  readonly missed: number;
}

/** Changes a label of children of these platforms, one after the other, and sees when the operator puts it back. */
export async function editChildren(
  client: ApiClient,
  platforms: readonly string[],
  edits: number,
  signal: AbortSignal,
): Promise<EditResult> {
  const watching = new AbortController();
  const cache = new Cache({ client, log: createLogger("error"), metrics: new Metrics() });
  const stores = APPLIED_TYPES.filter(({ kind }) => EDITED_KINDS.has(kind)).map((type) => ({
    type,
    store: cache.watch(type, {
      labelSelector: `${PLATFORM_LABEL} in (${platforms.join(",")})`,
      transform: metadataOnly,
    }),
  }));
  try {
    cache.start(watching.signal);
    await cache.waitForSync(60_000);
    const corrected = new Corrections(stores.map(({ store }) => store));
    const targets = stores.flatMap(({ type, store }) => store.list().map((object) => ({ type, object })));
    const pending: Promise<number | undefined>[] = [];
    for (let i = 0; i < edits && !signal.aborted; i++) {
      // A step without a common divisor with the number of targets goes through kinds and platforms alike.
      const { type, object } = targets[(i * 37) % targets.length] ?? {};
      if (type === undefined || object === undefined) throw new Error("the platforms have no children to edit");
      const seen = corrected.of(type, object);
      await edit(client, type, object);
      pending.push(within(seen, performance.now()));
      await delay(EVERY_MS);
    }
    const times = await Promise.all(pending);
    const corrections = times.filter((time) => time !== undefined);
    return { corrections, missed: times.length - corrections.length };
  } finally {
    watching.abort();
  }
}

/** Tells when an object that was edited has its label back. */
class Corrections {
  readonly #waiting = new Map<string, { edited: boolean; readonly resolve: (at: number) => void }>();

  constructor(stores: readonly ReadableStore[]) {
    for (const store of stores) store.subscribe(({ object }) => this.#see(object));
  }

  /** Resolves with the moment at which the label that is edited next is seen to be back. */
  of(type: ResourceType, object: KubernetesObject): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waiting.set(keyOf({ ...object, kind: type.kind }), { edited: false, resolve });
    return promise;
  }

  #see(object: KubernetesObject): void {
    const key = keyOf(object);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    if (object.metadata.labels?.[LABEL] === MINE) {
      waiting.edited = true;
    } else if (waiting.edited) {
      this.#waiting.delete(key);
      waiting.resolve(performance.now());
    }
  }
}

async function edit(client: ApiClient, type: ResourceType, object: KubernetesObject): Promise<void> {
  await client.request({
    method: "PATCH",
    path: objectPath(type, object),
    contentType: "application/merge-patch+json",
    body: { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { labels: { [LABEL]: MINE } } },
  });
}

/** Milliseconds from `began`; 0 when the correction overtook the answer to the edit. */
async function within(seen: Promise<number>, began: number): Promise<number | undefined> {
  const at = await Promise.race([seen, delay(PATIENCE_MS, undefined, { ref: false })]);
  return at === undefined ? undefined : Math.max(0, at - began);
}

function keyOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return `${kind} ${namespace ?? ""}/${name}`;
}

function metadataOnly({ apiVersion, kind, metadata }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata };
}
