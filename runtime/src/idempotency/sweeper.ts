import type { Logger } from "../kit/log.ts";
import type { Queryable } from "../kit/stores/postgres.ts";
import { Sweeper } from "../kit/sweeper.ts";
import type { IdempotencyMetrics } from "./metrics.ts";
import { records } from "./records.ts";

export interface IdempotencySweeperOptions {
  readonly db: Queryable;
  readonly metrics: Pick<IdempotencyMetrics, "swept">;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  /** Records removed by one statement. */
  readonly batch?: number;
}

/** Removes keys whose time is over. */
export function createIdempotencySweeper(options: IdempotencySweeperOptions): Sweeper {
  const { db, metrics, log, random, batch = 1_000 } = options;
  const remove = (limit: number): Promise<number> => records.sweep(db, limit);
  const what = "idempotency keys whose time is over";
  return new Sweeper({ what, remove, removed: metrics.swept, log, random, interval: 600_000, batch });
}
