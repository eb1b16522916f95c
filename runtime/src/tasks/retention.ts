import { setTimeout as sleep } from "node:timers/promises";
import type { Counter } from "prom-client";
import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";

/** Rows removed by one statement, which has to be short. */
const batch = 500;

/** Milliseconds between two batches: removing is never urgent. */
const pause = 50;

/** Milliseconds between two sweeps at most; a retention that is short is looked after more often. */
const longestInterval = 60_000;

// SKIP LOCKED: several replicas at once remove different rows, and none that is just being replayed.
const removeEnded: Statement = {
  name: "task-remove-ended",
  text: `DELETE FROM tasks WHERE id IN (
      SELECT id FROM tasks WHERE finished_at < clock_timestamp() - $1 * interval '1 millisecond'
      ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING id`,
};

export interface RetentionOptions {
  readonly db: Pick<Postgres, "query">;
  /** Milliseconds for which a task is kept after it has ended. */
  readonly retention: number;
  readonly removed: Counter;
  readonly log: Logger;
  readonly random: () => number;
}

/** Removes tasks that ended long ago. */
export class TaskRetention {
  readonly #options: RetentionOptions;
  readonly #stopping = new AbortController();
  #sweeping: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
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

  async #sweepUntilStopped(): Promise<void> {
    const { retention, random, log } = this.#options;
    const interval = Math.min(longestInterval, retention);
    for (;;) {
      // Replicas that started together do not sweep together.
      await this.#sleep(interval * (0.5 + random() / 2));
      if (this.#stopping.signal.aborted) return;
      try {
        await this.#sweep();
      } catch (err) {
        log.warn({ reason: reasonOf(err) }, "ended tasks could not be removed: the next sweep tries again");
      }
    }
  }

  async #sweep(): Promise<void> {
    const { db, retention, removed, log } = this.#options;
    let total = 0;
    while (!this.#stopping.signal.aborted) {
      const { length } = await db.query(removeEnded, [retention, batch]);
      removed.inc(length);
      total += length;
      if (length < batch) break;
      await this.#sleep(pause);
    }
    if (total > 0) log.info({ removed: total }, "removed tasks that ended long ago");
  }

  async #sleep(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
