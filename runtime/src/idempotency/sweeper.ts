import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import type { IdempotencyMetrics } from "./metrics.ts";
import { records } from "./records.ts";

export interface SweeperOptions {
  readonly db: Postgres;
  readonly metrics: Pick<IdempotencyMetrics, "swept">;
  readonly log: Logger;
  /** Milliseconds between two sweeps, less up to half. */
  readonly interval?: number;
  /** Records removed by one statement, at most. */
  readonly batch?: number;
  readonly random?: () => number;
}

/** Statements of one sweep: what is left waits for the next one, so that no sweep keeps the database busy for long. */
const longestSweep = 100;

/** Removes keys whose time is over. Each replica does, whenever it happens to; they share out what there is. */
export class IdempotencySweeper {
  readonly #options: SweeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #sweep: Promise<void> | undefined;
  #stopped = false;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    const { interval = 600_000, random = Math.random } = this.#options;
    this.#timer = setTimeout(
      () => {
        this.#sweep = this.sweep().finally(() => this.start());
      },
      interval * (0.5 + random() / 2),
    );
  }

  /** Resolves once nothing is being removed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweep;
  }

  async sweep(): Promise<void> {
    const { db, metrics, log, batch = 1_000 } = this.#options;
    try {
      for (let statement = 0; statement < longestSweep && !this.#stopped; statement += 1) {
        const removed = await records.sweep(db, batch);
        metrics.swept.inc(removed);
        if (removed < batch) break;
      }
    } catch (err) {
      log.warn({ reason: reasonOf(err) }, "idempotency keys could not be swept: the next sweep tries again");
    }
  }
}
