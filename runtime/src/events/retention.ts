import type { Counter } from "prom-client";
import type { Logger } from "../kit/log.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { Sweeper } from "../kit/sweeper.ts";
import { history } from "./record.ts";

/** Rows removed by one statement, which has to be short. */
const batch = 1_000;

/** Milliseconds between two sweeps at most; a retention that is short is looked after more often. */
const longestInterval = 60_000;

// Only the first rows by id are looked at, for the next ones are younger, give or take a transaction. What no reader
// may read yet is kept; what is of transactions that are yet to come is not, for a dump of another cluster brought it.
// That events are gone is noted together with their removal: a reader sees both or neither.
const removeOld: Statement = {
  name: "events-remove-old",
  text: `WITH old AS MATERIALIZED (
      SELECT id FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT $2)
        AND at < clock_timestamp() - $1 * interval '1 millisecond'
        AND (xid < pg_snapshot_xmin(pg_current_snapshot()) OR xid >= pg_snapshot_xmax(pg_current_snapshot()))
      ORDER BY id FOR UPDATE SKIP LOCKED
    ), removed AS (
      DELETE FROM events USING old WHERE events.id = old.id RETURNING events.xid
    ), latest AS (
      SELECT (xid::text::numeric + 1)::text::xid8 AS floor FROM removed
      WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid DESC LIMIT 1
    ), noted AS (
      INSERT INTO event_floor (history, xid) SELECT ${history}, floor FROM latest
      ON CONFLICT (only_row) DO UPDATE SET history = excluded.history, xid = CASE
        WHEN event_floor.history = excluded.history AND event_floor.xid > excluded.xid THEN event_floor.xid
        ELSE excluded.xid END
    ) SELECT count(*)::integer AS removed FROM removed`,
};

export interface RetentionOptions {
  readonly db: Pick<Postgres, "query">;
  /** Milliseconds for which an event is kept. */
  readonly retention: number;
  readonly removed: Counter;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Removes events that nobody needs any more to go on from where they were. */
export function createEventRetention({ db, retention, removed, log, random }: RetentionOptions): Sweeper {
  const remove = async (limit: number): Promise<number> => {
    const [row] = await db.query<{ removed: number }>(removeOld, [retention, limit]);
    return row?.removed ?? 0;
  };
  const interval = Math.min(longestInterval, retention);
  return new Sweeper({ what: "events that are old", remove, removed, log, random, interval, batch });
}
