import type { KubernetesObject } from "../../kubernetes.ts";
import type { ApiClient } from "../client/api-client.ts";
import { type ResourceType, resourcePath } from "../client/resource-type.ts";
import { type Clock, type Random, sleep, systemClock } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import type { Metrics, ReflectorMetrics } from "../metrics/metrics.ts";
import type { IdleTimer } from "../watch/idle-timer.ts";
import { idleTimer, Reflector, type ReflectorOptions } from "../watch/reflector.ts";
import { type Indexer, type ReadableStore, Store } from "./store.ts";

export interface WatchOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Must depend on the object alone. */
  readonly indexers?: Readonly<Record<string, Indexer>>;
  /** What to keep of each object; must keep apiVersion, kind and the identity in metadata. */
  readonly transform?: (object: KubernetesObject) => KubernetesObject;
  /** Asks for apiVersion, kind and metadata alone; they come as a PartialObjectMetadata, for `transform` to rename. */
  readonly metadataOnly?: boolean;
}

/** A store that looks only into the namespaces that it was told. */
export interface NamespacedStore extends ReadableStore {
  addNamespace(namespace: string): void;
  /** Its objects leave the store without a change being told. */
  removeNamespace(namespace: string): void;
  hasSynced(namespace: string): boolean;
}

export interface CacheOptions {
  readonly client: ApiClient;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** The part of the cluster that a program looks at, kept up to date in memory. */
export class Cache {
  readonly #options: Required<CacheOptions>;
  readonly #idle: IdleTimer;
  readonly #reflectors = new Map<Reflector, AbortController>();
  #signal: AbortSignal | undefined;

  constructor(options: CacheOptions) {
    this.#options = { clock: systemClock, random: Math.random, ...options };
    this.#idle = idleTimer(this.#options.clock);
  }

  /** All objects of a type, in every namespace. */
  watch(type: ResourceType, options: WatchOptions = {}): ReadableStore {
    const { store, reflector } = this.#prepare(type, options);
    this.#add(reflector(undefined));
    return store;
  }

  /** Objects of a type in chosen namespaces: one watch each, so that no right on the others is needed. */
  watchByNamespace(type: ResourceType, options: WatchOptions = {}): NamespacedStore {
    const { store, reflector } = this.#prepare(type, options);
    const namespaces = new Map<string, Reflector>();
    return {
      get: (namespace, name) => store.get(namespace, name),
      list: () => store.list(),
      byIndex: (index, value) => store.byIndex(index, value),
      subscribe: (handler) => store.subscribe(handler),
      addNamespace: (namespace) => {
        if (!namespaces.has(namespace)) {
          const added = reflector(namespace);
          namespaces.set(namespace, added);
          this.#add(added);
        }
      },
      removeNamespace: (namespace) => {
        const removed = namespaces.get(namespace);
        if (removed !== undefined) {
          namespaces.delete(namespace);
          this.#remove(removed);
          store.drop(namespace);
        }
      },
      hasSynced: (namespace) => namespaces.get(namespace)?.hasSynced ?? false,
    };
  }

  /** Begins to list and watch, until `signal` aborts. */
  start(signal: AbortSignal): void {
    if (this.#signal !== undefined) {
      throw new Error("the cache was started already");
    }
    this.#signal = signal;
    // One listener for all: the signal lives as long as the process, and reflectors come and go.
    signal.addEventListener("abort", () => {
      for (const stop of this.#reflectors.values()) stop.abort(signal.reason);
    });
    for (const [reflector, stop] of this.#reflectors) {
      this.#run(reflector, stop, signal);
    }
  }

  hasSynced(): boolean {
    return [...this.#reflectors.keys()].every((reflector) => reflector.hasSynced);
  }

  /** Resolves when everything watched now has been listed; throws after `timeoutMs`. */
  async waitForSync(timeoutMs: number): Promise<void> {
    const timer = new AbortController();
    const timeout = sleep(this.#options.clock, timeoutMs, timer.signal);
    await Promise.race([timeout, Promise.all([...this.#reflectors.keys()].map(({ synced }) => synced))]);
    timer.abort();
    if (!this.hasSynced()) {
      throw new Error(
        `the cache did not fill within ${timeoutMs} ms: is the API server reachable and listing allowed?`,
      );
    }
  }

  #prepare(type: ResourceType, options: WatchOptions) {
    const { client, clock, random, log, metrics } = this.#options;
    const { labelSelector, fieldSelector, transform, metadataOnly = false, indexers = {} } = options;
    const figures: ReflectorMetrics = metrics.reflector(
      type.group === "" ? type.plural : `${type.plural}.${type.group}`,
    );
    const store = new Store(indexers, (error) => {
      figures.handlerError();
      log.error({ error, kind: type.kind }, "A change handler failed");
    });
    const query = {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
    const idle = this.#idle;
    const common = { client, query, transform, metadataOnly, store, clock, random, log, metrics: figures, idle };
    const reflector = (namespace: string | undefined): Reflector => {
      const options: ReflectorOptions = { ...common, namespace, path: resourcePath(type, { namespace }) };
      return new Reflector(options);
    };
    return { store, reflector };
  }

  #add(reflector: Reflector): void {
    const stop = new AbortController();
    this.#reflectors.set(reflector, stop);
    if (this.#signal !== undefined) {
      this.#run(reflector, stop, this.#signal);
    }
  }

  #remove(reflector: Reflector): void {
    this.#reflectors.get(reflector)?.abort();
    this.#reflectors.delete(reflector);
  }

  #run(reflector: Reflector, stop: AbortController, signal: AbortSignal): void {
    if (signal.aborted) stop.abort(signal.reason);
    reflector.run(stop.signal).catch((error: unknown) => {
      this.#options.log.error({ error }, "A reflector ended");
    });
  }
}
