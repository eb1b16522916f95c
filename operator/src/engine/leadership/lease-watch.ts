import type { ApiClient } from "../client/api-client.ts";
import { resourcePath } from "../client/resource-type.ts";
import { type Clock, type Random, sleep } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import { followWatch } from "../watch/follow-watch.ts";
import { IdleTimer } from "../watch/idle-timer.ts";
import { LEASE_TYPE, type Lease } from "./lease.ts";

export interface LeaseWatchOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Pause after an attempt that failed at once. */
  readonly retryMs: number;
  /** Called with each state of the lease; undefined when it was deleted. */
  readonly onLease: (lease: Lease | undefined) => void;
  /** Called when the watch stands and when it ends. */
  readonly onLive: () => void;
}

const WATCH_SECONDS = { shortest: 290, longest: 600 };
// Bookmarks come each minute.
const IDLE_MS = 90_000;
const FIRST_TRY_SPREAD_MS = 50;
const STOOD_MS = 1000;

/** Tells each change of one Lease at once. No failure ends it: whoever uses it asks for itself while it is not live. */
export class LeaseWatch {
  readonly #options: LeaseWatchOptions;
  #isLive = false;

  constructor(options: LeaseWatchOptions) {
    this.#options = options;
  }

  /** True while every change is told. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, log, retryMs } = this.#options;
    while (!signal.aborted) {
      const started = clock.monotonic();
      await this.#follow(signal).catch((error: unknown) => {
        log.debug({ error }, "The watch of the lease failed, asking for it from time to time");
      });
      this.#setLive(false);
      // A server that ends every watch at once must not be asked without pause.
      const stood = clock.monotonic() - started >= STOOD_MS;
      await sleep(clock, stood ? random() * FIRST_TRY_SPREAD_MS : retryMs, signal);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { client, namespace, name, clock, random, onLease } = this.#options;
    const { shortest, longest } = WATCH_SECONDS;
    await followWatch({
      client,
      request: {
        method: "GET",
        path: resourcePath(LEASE_TYPE, { namespace }),
        query: {
          watch: "true",
          allowWatchBookmarks: "true",
          // The right to watch may be limited to this name. Without a resourceVersion the present state comes first.
          fieldSelector: `metadata.name=${name}`,
          timeoutSeconds: String(Math.round(shortest + random() * (longest - shortest))),
        },
      },
      clock,
      idle: new IdleTimer(clock, IDLE_MS),
      onOpen: () => this.#setLive(true),
      onEvent: ({ type, object }) => {
        if (type !== "BOOKMARK") onLease(type === "DELETED" ? undefined : object);
      },
      signal,
    });
  }

  #setLive(isLive: boolean): void {
    if (this.#isLive !== isLive) {
      this.#isLive = isLive;
      this.#options.onLive();
    }
  }
}
