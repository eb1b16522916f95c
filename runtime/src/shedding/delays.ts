import { type ELDHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Postgres } from "../kit/stores/postgres.ts";

export const signals = ["event_loop", "database_pool"] as const;
export type Signal = (typeof signals)[number];

/** Milliseconds that requests wait just now, by what they wait for. */
export type Delays = Readonly<Record<Signal, number>>;

/** Milliseconds between two samples of the event loop. */
const resolution = 10;

/** Measures what requests wait for. */
export class DelayMonitor {
  readonly #db: Pick<Postgres, "longestWait">;
  readonly #loop: ELDHistogram = monitorEventLoopDelay({ resolution });

  constructor(db: Pick<Postgres, "longestWait">) {
    this.#db = db;
  }

  start(): void {
    this.#loop.enable();
  }

  stop(): void {
    this.#loop.disable();
  }

  /** Since it was last asked: of the event loop the mean, of connections the longest. */
  read(): Delays {
    const { mean, count } = this.#loop;
    this.#loop.reset();
    const loop = count === 0 ? 0 : Math.max(0, mean / 1_000_000 - resolution);
    return { event_loop: loop, database_pool: this.#db.longestWait };
  }
}
