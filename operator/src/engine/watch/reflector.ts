import type { KubernetesObject } from "../../kubernetes.ts";
import type { Store } from "../cache/store.ts";
import type { ApiClient } from "../client/api-client.ts";
import { ApiError } from "../client/api-error.ts";
import { withoutManagedFields } from "../client/raw-object.ts";
import { type Clock, type Random, sleep } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import type { ReflectorMetrics, ReflectorPulse } from "../metrics/metrics.ts";
import { followWatch } from "./follow-watch.ts";
import { IdleError, IdleTimer } from "./idle-timer.ts";
import { listAll } from "./lister.ts";
import { retryDelayMs } from "./reflector-retry.ts";
import { MalformedEventError, type WatchEvent } from "./watch-events.ts";

export interface ReflectorOptions {
  readonly client: ApiClient;
  /** Path of the collection. */
  readonly path: string;
  /** Set where the path is one namespace's. */
  readonly namespace?: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly transform?: ((object: KubernetesObject) => KubernetesObject) | undefined;
  /** Asks for objects of which only the metadata is there. */
  readonly metadataOnly?: boolean;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: ReflectorMetrics;
  /** `idleTimer`, where several share it. */
  readonly idle?: IdleTimer;
}

// The server ends a watch by itself after this long; spread, so that not all watches come back at once.
const WATCH_SECONDS = { shortest: 290, longest: 600 };
// The API server sends a bookmark about each minute even when nothing happens, except for kinds that it keeps no watch
// cache of, such as Events: those watches are opened anew, from where they were.
const IDLE_MS = 90_000;

/** Ends watches of reflectors on which nothing comes any more. */
export function idleTimer(clock: Clock): IdleTimer {
  return new IdleTimer(clock, IDLE_MS);
}

// A watch that stood for less was not worth much: what ended it counts as one failure more in a row.
const STOOD_MS = 1000;

/** Keeps a store equal to a collection on the API server: a list, then a watch from there, for ever. */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #idle: IdleTimer;
  /** Who waits for the first list. */
  #synced: PromiseWithResolvers<void> | undefined;
  #hasSynced = false;
  /** Where to go on; undefined when only a new list can tell. Opaque: compared with nothing. */
  #resourceVersion: string | undefined;
  #failures = 0;
  #pulse: ReflectorPulse | undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#idle = options.idle ?? idleTimer(options.clock);
  }

  /** True once the first list is in the store. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves with the first list. */
  get synced(): Promise<void> {
    if (this.#hasSynced) return Promise.resolve();
    this.#synced ??= Promise.withResolvers<void>();
    return this.#synced.promise;
  }

  /** Runs until `signal` aborts; no failure ends it. */
  async run(signal: AbortSignal): Promise<void> {
    this.#pulse = this.#options.metrics.begin();
    while (!signal.aborted) {
      try {
        await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (!signal.aborted) {
          await this.#recover(error, signal);
        }
      }
    }
    this.#pulse.end();
  }

  async #list(signal: AbortSignal): Promise<void> {
    if (this.#resourceVersion !== undefined) {
      return;
    }
    const { client, path, query, store, namespace, metrics, log } = this.#options;
    const accept = this.#accept("PartialObjectMetadataList");
    const { objects, resourceVersion } = await listAll(client, path, {
      query,
      accept,
      transform: (object) => this.#transform(object),
      signal,
    });
    signal.throwIfAborted();
    store.replace(objects, { namespace, initial: !this.#hasSynced });
    this.#resourceVersion = resourceVersion;
    metrics.listed();
    this.#pulse?.heard();
    log.debug({ path, objects: objects.length }, "Listed");
    this.#hasSynced = true;
    this.#synced?.resolve();
    this.#synced = undefined;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, path, query, random, clock, metrics } = this.#options;
    const { shortest, longest } = WATCH_SECONDS;
    let started = Number.POSITIVE_INFINITY;
    try {
      await followWatch({
        client,
        request: {
          method: "GET",
          path,
          accept: this.#accept("PartialObjectMetadata"),
          query: {
            ...query,
            watch: "true",
            allowWatchBookmarks: "true",
            resourceVersion: this.#resourceVersion ?? "",
            timeoutSeconds: String(Math.round(shortest + random() * (longest - shortest))),
          },
        },
        clock,
        idle: this.#idle,
        onOpen: () => {
          this.#pulse?.heard();
          started = clock.monotonic();
        },
        onEvent: (event) => this.#take(event),
        signal,
      });
      metrics.watchEnded("closed");
    } catch (error) {
      if (!signal.aborted) {
        metrics.watchEnded(reasonOf(error));
      }
      throw error;
    } finally {
      if (clock.monotonic() - started >= STOOD_MS) {
        this.#failures = 0;
      }
    }
    // A server that ends every watch at once would otherwise be asked without pause.
    if (clock.monotonic() - started < STOOD_MS) {
      await this.#pause(undefined, signal);
    }
  }

  #transform(object: KubernetesObject): KubernetesObject {
    const bare = withoutManagedFields(object);
    return this.#options.transform?.(bare) ?? bare;
  }

  #accept(form: string): string | undefined {
    return this.#options.metadataOnly === true ? `application/json;as=${form};g=meta.k8s.io;v=v1` : undefined;
  }

  #take({ type, object }: WatchEvent): void {
    const { store } = this.#options;
    switch (type) {
      case "ADDED":
      case "MODIFIED":
        store.set(this.#transform(object));
        break;
      case "DELETED":
        store.delete(this.#transform(object));
        break;
      case "BOOKMARK":
        break;
    }
    this.#resourceVersion = object.metadata.resourceVersion;
    this.#failures = 0;
    this.#pulse?.heard();
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { metrics, log, path } = this.#options;
    this.#pulse?.tried();
    if (error instanceof MalformedEventError) {
      metrics.malformed();
    }
    if (reasonOf(error) === "expired") {
      this.#resourceVersion = undefined;
    }
    // The first failure is everyday, and hundreds fail with one connection; then less often the longer it lasts.
    const failures = this.#failures + 1;
    const level = failures > 1 && Number.isInteger(Math.log2(failures)) ? "warn" : "debug";
    log[level]({ path, error, failures }, "List or watch failed, trying again");
    await this.#pause(error, signal);
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    this.#failures += 1;
    await sleep(clock, retryDelayMs(error, this.#failures, random), signal);
  }
}

function reasonOf(error: unknown): "expired" | "idle" | "error" {
  if (error instanceof ApiError && error.isGone) {
    return "expired";
  }
  return error instanceof IdleError ? "idle" : "error";
}
