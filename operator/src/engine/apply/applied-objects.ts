import type { KubernetesObject } from "../../kubernetes.ts";
import { contentDigest } from "../cache/compact.ts";
import { digestOf } from "../cache/content.ts";

export interface ObjectRef {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

/** What the last apply of an object found and left. There is one of every object in the cache: it holds little itself. */
export class Applied {
  /** `wantedDigest` of what was wanted. */
  readonly wanted: string;
  /** The last state known to have the content that the apply left: what it left, or a later change of the status. */
  #left: KubernetesObject;
  /** The version that the apply found; undefined once a later one was seen. */
  #foundVersion: string | undefined;

  constructor(wanted: string, found: KubernetesObject | undefined, left: KubernetesObject) {
    this.wanted = wanted;
    this.#left = left;
    this.#foundVersion = found?.metadata.resourceVersion;
  }

  get uid(): string | undefined {
    return this.#left.metadata.uid;
  }

  isOf({ kind, metadata: { namespace, name } }: ObjectRef): boolean {
    const { metadata } = this.#left;
    return metadata.name === name && metadata.namespace === namespace && this.#left.kind === kind;
  }

  /** Whether a live object is as the apply left it. A later version that is no different is remembered. */
  isAsLeft(found: KubernetesObject): boolean {
    const { resourceVersion } = found.metadata;
    const left = this.#left.metadata.resourceVersion;
    // The cache has not heard of the last apply yet; its event will bring the key back.
    if (resourceVersion === this.#foundVersion && resourceVersion !== left) return true;
    if (resourceVersion !== left && contentDigest(found) !== contentDigest(this.#left)) return false;
    // From now on the cache's, so that there is one of them in memory.
    this.#left = found;
    this.#foundVersion = undefined;
    return true;
  }
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

  find(ref: ObjectRef): Applied | undefined {
    for (let tries = this.#all.length; tries > 0; tries--) {
      this.#next = this.#next < this.#all.length ? this.#next : 0;
      const applied = this.#all[this.#next++];
      if (applied?.isOf(ref) === true) return applied;
    }
    return undefined;
  }

  set(ref: ObjectRef, applied: Applied): void {
    const known = this.find(ref);
    if (known === undefined) this.#all.push(applied);
    else this.#all[this.#all.indexOf(known)] = applied;
  }

  /** Forgets what `keep` does not name. */
  keepOnly(keep: (applied: Applied) => boolean): void {
    const kept = this.#all.filter(keep);
    this.#all.splice(0, this.#all.length, ...kept);
  }
}
