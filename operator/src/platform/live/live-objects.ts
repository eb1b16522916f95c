import type { Change, ReadableStore } from "../../engine/cache/store.ts";
import type { Clock } from "../../engine/kit/clock.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { platformOf } from "../plan/identity.ts";
import { idOf, objectId } from "./object-id.ts";
import { BY_PLATFORM } from "./observe.ts";

/** After this long without a word of a write, the cache is believed again: whatever it missed, it has listed since. */
const UNCONFIRMED_MS = 2_000;
/** A moment later: then `get` gives what the cache has. */
const LOOK_AFTER_MS = UNCONFIRMED_MS + 500;

/** Where the cached objects of each kind are. A namespaced Secret store that has not synced holds nothing. */
export type Stores = ReadonlyMap<string, ReadableStore>;

interface Written {
  readonly object: KubernetesObject;
  readonly at: number;
  /** Whose reconcile has to look again if the cache never hears of it. */
  readonly platform: string | undefined;
}

/**
 * What a change of the cache is beside the last write of the same object, if the cache had not heard of that yet. `echo`:
 * just what was written. `overtaken`: another state, which may well equal the one that the cache had before the write,
 * so that a comparison with that one would find no news.
 */
export type AfterWrite = "echo" | "overtaken" | undefined;

export type LiveChangeHandler = (change: Change, afterWrite: AfterWrite) => void;

/**
 * The cache, with what this process wrote on top until the cache has heard of it. Without that, a workload that was
 * changed a moment ago would still be seen, and reported, in the state before the change.
 */
export class LiveObjects {
  readonly #stores: Stores;
  readonly #clock: Clock;
  readonly #compact: (object: KubernetesObject) => KubernetesObject;
  readonly #written = new Map<string, Written>();
  #handler: LiveChangeHandler = () => undefined;

  /** `compact` gives an object the form that the stores have it in, where that is not the whole one. */
  constructor(
    stores: Stores,
    clock: Clock,
    compact: (object: KubernetesObject) => KubernetesObject = (object) => object,
  ) {
    this.#stores = stores;
    this.#clock = clock;
    this.#compact = compact;
    for (const store of stores.values()) {
      store.subscribe((change) => this.#handler(change, this.#afterWrite(change)));
    }
  }

  /** Hands over each change of the cache from now on, to this handler alone. */
  onChange(handler: LiveChangeHandler): void {
    this.#handler = handler;
  }

  get(kind: string, namespace: string | undefined, name: string): KubernetesObject | undefined {
    if (this.#written.size === 0) return this.#cached(kind, namespace, name);
    const id = idOf(kind, namespace, name);
    const written = this.#written.get(id);
    if (written !== undefined && this.#clock.monotonic() - written.at < UNCONFIRMED_MS) return written.object;
    this.#written.delete(id);
    return this.#cached(kind, namespace, name);
  }

  /** Takes the answer to a look at what `get` gave as `before`. */
  found(object: KubernetesObject, before: KubernetesObject | undefined): void {
    this.#take(object, before, undefined);
  }

  /** Takes the answer to a write of what `get` gave as `before`. */
  wrote(object: KubernetesObject, before: KubernetesObject | undefined): void {
    this.#take(object, before, platformOf(object));
  }

  /**
   * In how many milliseconds to look at a platform again, if nothing else wakes it before: the cache has not heard of
   * something that was written for it. Undefined when it has heard of everything.
   */
  lookAgainMs(platform: string): number | undefined {
    const now = this.#clock.monotonic();
    let last: number | undefined;
    for (const [id, written] of this.#written) {
      if (now - written.at >= UNCONFIRMED_MS) this.#written.delete(id);
      else if (written.platform === platform) last = Math.max(last ?? written.at, written.at);
    }
    return last === undefined ? undefined : last + LOOK_AFTER_MS - now;
  }

  /** What the cache has heard of an object is all that is known of it from now on. */
  #afterWrite({ type, object }: Change): AfterWrite {
    if (this.#written.size === 0) return undefined;
    const id = objectId(object);
    const written = this.#written.get(id);
    this.#written.delete(id);
    if (written === undefined) return undefined;
    const isSame = type !== "deleted" && written.object.metadata.resourceVersion === object.metadata.resourceVersion;
    return isSame ? "echo" : "overtaken";
  }

  #take(object: KubernetesObject, before: KubernetesObject | undefined, platform: string | undefined): void {
    const { kind, metadata } = object;
    const id = objectId(object);
    const cached = this.#cached(kind, metadata.namespace, metadata.name);
    const base = this.#written.has(id) ? cached : before;
    // The watch can be faster than the answer: then the cache knows as much, or more.
    const overtaken = cached?.metadata.resourceVersion !== base?.metadata.resourceVersion;
    if (!overtaken && cached?.metadata.resourceVersion !== metadata.resourceVersion) {
      this.#written.set(id, { object: this.#compact(object), at: this.#clock.monotonic(), platform });
    }
  }

  /** Objects of a kind that an index of its store holds under `value`. */
  byIndex(kind: string, index: string, value: string): readonly KubernetesObject[] {
    return this.#store(kind).byIndex(index, value);
  }

  /** Objects of a kind that carry a platform's label, with those that were made a moment ago. */
  ofPlatform(kind: string, platform: string): readonly KubernetesObject[] {
    const cached = this.#store(kind).byIndex(BY_PLATFORM, platform);
    if (this.#written.size === 0) return cached;
    const now = this.#clock.monotonic();
    const unheard = [...this.#written.values()].filter(
      ({ object, at, platform: owner }) =>
        object.kind === kind &&
        owner === platform &&
        now - at < UNCONFIRMED_MS &&
        this.#cached(kind, object.metadata.namespace, object.metadata.name) === undefined,
    );
    return [...cached, ...unheard.map(({ object }) => object)];
  }

  #cached(kind: string, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.#store(kind).get(namespace, name);
  }

  #store(kind: string): ReadableStore {
    const store = this.#stores.get(kind);
    if (store === undefined) throw new Error(`kind ${kind} is not watched: add it to platform/live/kinds.ts`);
    return store;
  }
}
