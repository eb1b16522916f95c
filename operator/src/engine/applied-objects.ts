import type { KubernetesObject } from "../kubernetes.ts";
import { contentDigest, isCompact } from "./compact.ts";
import { digestOf } from "./content.ts";

export interface ObjectRef {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

/** What the last apply of an object found and left. */
export interface Applied {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** `wantedDigest` of what was wanted. */
  readonly wanted: string;
  readonly foundVersion: string | undefined;
  uid: string | undefined;
  /** The last state known to have this content: what the apply left, or a later change of the status. */
  leftVersion: string | undefined;
  /** Digest of the content. */
  left: string;
}

const digests = new WeakMap<KubernetesObject, string>();

/**
 * Digest of an object that is wanted. The object must not change any more: of the same one it is not worked out again.
 * Fields in another order give another one, at the cost of one more apply: what builds objects does not shuffle.
 */
export function wantedDigest(wanted: KubernetesObject): string {
  const known = digests.get(wanted);
  if (known !== undefined) return known;
  const digest = digestOf(JSON.stringify(wanted));
  digests.set(wanted, digest);
  return digest;
}

/**
 * What was applied of one owner, in the order in which it was: some dozens, looked for one by one, starting after the
 * last that was found, since they are asked for in the same order. That needs no key for each.
 */
export class AppliedObjects {
  readonly #all: Applied[] = [];
  #next = 0;

  find({ kind, metadata: { namespace, name } }: ObjectRef): Applied | undefined {
    for (let tries = this.#all.length; tries > 0; tries--) {
      this.#next = this.#next < this.#all.length ? this.#next : 0;
      const applied = this.#all[this.#next++];
      if (applied?.name === name && applied.namespace === namespace && applied.kind === kind) return applied;
    }
    return undefined;
  }

  set(applied: Applied): void {
    const { kind, namespace, name } = applied;
    const known = this.find({ kind, metadata: { ...(namespace === undefined ? {} : { namespace }), name } });
    if (known === undefined) this.#all.push(applied);
    else this.#all[this.#all.indexOf(known)] = applied;
  }

  /** Forgets what `keep` does not name. */
  keepOnly(keep: (applied: Applied) => boolean): void {
    const kept = this.#all.filter(keep);
    this.#all.splice(0, this.#all.length, ...kept);
  }
}

/** Whether a live object is as the last apply left it. A later version that is no different is remembered. */
export function isAsLeft(applied: Applied, found: KubernetesObject): boolean {
  const { resourceVersion, uid } = found.metadata;
  // The found one: the cache has not heard of the last apply yet; its event will bring the key back.
  if (resourceVersion === applied.foundVersion && resourceVersion !== applied.leftVersion) return true;
  if (resourceVersion !== applied.leftVersion && contentDigest(found) !== applied.left) return false;
  applied.leftVersion = resourceVersion;
  // From now on the same strings in memory as the cache's.
  applied.uid = uid;
  if (isCompact(found)) applied.left = contentDigest(found);
  return true;
}
