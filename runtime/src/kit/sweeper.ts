import { setTimeout as sleep } from "node:timers/promises";
import type { Counter } from "prom-client";
import { reasonOf } from "./errors.ts";
import type { Logger } from "./log.ts";
import type { Postgres } from "./stores/postgres.ts";

export interface SweeperOptions {
  /** What is removed, for the log: "tasks that ended long ago". */
  readonly what: string;
  /**
   * Removes what is over, so many rows at most, by a short statement that leaves alone what another replica has locked.
   *
   * @returns how many rows it removed: as many as it might when there may be more
   */
  readonly remove: (limit: number) => Promise<number>;
  readonly removed: Counter;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds between two sweeps, less up to half: replicas that started together do not sweep together. */
  readonly interval: number;
  /** Rows removed by one statement. */
  readonly batch: number;
}

/** What removes rows some time after they are over is made of. */
export interface RetentionOptions extends Pick<SweeperOptions, "removed" | "log" | "random"> {
  readonly db: Pick<Postgres, "query">;
  /** Milliseconds for which a row is kept after it is over, at least. */
  readonly retention: number;
}

/** Milliseconds between two batches: removing is never urgent. */
const pause = 50;

/** Removes rows whose time is over. Each replica does, whenever it happens to; they share out what there is. */
export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #stopping = new AbortController();
  #sweeping: Promise<void> | undefined;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#sweeping = this.#sweepUntilStopped();
  }

  /** Resolves once nothing is being removed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#sweeping;
  }

  /** Removes all that is over. A failure is logged: the next sweep tries again. */
  async sweep(): Promise<void> {
    const { what, remove, removed, log, batch } = this.#options;
    let total = 0;
    try {
      while (!this.#stopping.signal.aborted) {
        const count = await remove(batch);
        removed.inc(count);
        total += count;
        if (count < batch) break;
        await this.#sleep(pause);
      }
    } catch (err) {
      log.warn({ reason: reasonOf(err) }, `${what} could not be removed: the next sweep tries again`);
    }
    if (total > 0) log.info({ removed: total }, `removed ${what}`);
  }

  async #sweepUntilStopped(): Promise<void> {
    const { interval, random } = this.#options;
    for (;;) {
      await this.#sleep(interval * (0.5 + random() / 2));
      if (this.#stopping.signal.aborted) return;
      await this.sweep();
    }
  }

  async #sleep(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
