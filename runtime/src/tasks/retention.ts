import type { Statement } from "../kit/stores/postgres.ts";
import { type RetentionOptions, Sweeper } from "../kit/sweeper.ts";

/** Rows removed by one statement, which has to be short. */
const batch = 500;

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

/** Removes tasks that ended long ago. */
export function createTaskRetention({ db, retention, removed, log, random }: RetentionOptions): Sweeper {
  const remove = async (limit: number): Promise<number> => (await db.query(removeEnded, [retention, limit])).length;
  const interval = Math.min(longestInterval, retention);
  return new Sweeper({ what: "tasks that ended long ago", remove, removed, log, random, interval, batch });
}
