import { type ELDHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Postgres } from "../kit/stores/postgres.ts";

export const signals = ["event_loop", "database_pool"] as const;
export type Signal = (typeof signals)[number];

/** Milliseconds that requests wait just now, by what they wait for. */
export type Delays = Readonly<Record<Signal, number>>;

/** Milliseconds between two samples of the event loop. */
const resolution = 10;

export interface DelayMonitorOptions {
  readonly db: Pick<Postgres, "longestWait">;
  /** Milliseconds from one reading to the next, if nothing delays it. */
  readonly interval: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** Measures what requests wait for. */
export class DelayMonitor {
  readonly #options: DelayMonitorOptions;
  readonly #loop: ELDHistogram = monitorEventLoopDelay({ resolution });
  #readAt: number;

  constructor(options: DelayMonitorOptions) {
    this.#options = options;
    this.#readAt = options.now();
  }

  start(): void {
    this.#loop.enable();
  }

  stop(): void {
    this.#loop.disable();
  }

  /**
   * Since it was last asked: of the event loop the mean, or how late this reading is if that is more, for a loop that is
   * held up takes no samples; of connections the longest.
   */
  read(): Delays {
    const { db, interval, now } = this.#options;
    const { mean, count } = this.#loop;
    this.#loop.reset();
    const at = now();
    const late = at - this.#readAt - interval;
    this.#readAt = at;
    const sampled = count === 0 ? 0 : mean / 1_000_000 - resolution;
    return { event_loop: Math.max(0, sampled, late), database_pool: db.longestWait };
  }
}
