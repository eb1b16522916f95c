import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import { relayEvents } from "./relay.ts";
import { resolveTransactions } from "./resolver.ts";
import type { ShardedDatabases } from "./sharded.ts";

/** Milliseconds from one look for events to the next, and from one look for transactions that were left to the next. */
const intervals = { relay: 100, resolve: 1_000, afterFailure: 1_000 };

export interface ShardChoresOptions {
  /** Over the same databases as `shards`. */
  readonly databases: Pick<ShardedDatabases, "over">;
  /** Home first; by connections that requests do not use. */
  readonly shards: readonly Postgres[];
  readonly log: Logger;
}

/** What has to be done all the time while there are several databases: by every server, and once is enough. */
export class ShardChores {
  readonly #options: ShardChoresOptions;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(options: ShardChoresOptions) {
    this.#options = options;
  }

  start(): void {
    const { databases, shards, log } = this.#options;
    const relays = shards.slice(1).map((_, index) =>
      this.#repeat("events could not be brought home", intervals.relay, async () => {
        while (await relayEvents(databases, shards, index + 1));
      }),
    );
    const resolver = this.#repeat("transactions over several databases could not be ended", intervals.resolve, () =>
      resolveTransactions({ shards, log }),
    );
    this.#running = Promise.all([...relays, resolver]);
  }

  /** Resolves once nothing is being done. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #repeat(failure: string, interval: number, work: () => Promise<unknown>): Promise<void> {
    const { signal } = this.#stopping;
    let failed = false;
    while (!signal.aborted) {
      try {
        await work();
        failed = false;
      } catch (err) {
        if (!failed) this.#options.log.warn({ reason: reasonOf(err) }, `${failure}: it is tried again`);
        failed = true;
      }
      await sleep(failed ? intervals.afterFailure : interval, undefined, { signal }).catch(() => undefined);
    }
  }
}
