import type { Statement } from "../kit/stores/postgres.ts";
import { history } from "../kit/stores/postgres-history.ts";
import { type RetentionOptions, Sweeper } from "../kit/sweeper.ts";

/** Rows removed by one statement, which has to be short. */
const batch = 1_000;

/** Milliseconds between two sweeps at most; a retention that is short is looked after more often. */
const longestInterval = 60_000;

// Noted at intervals: what had been committed by then. Only so can be told later what has been there for how long, for
// the time in an event is that of the change, and its transaction may have committed long after it.
const mark: Statement = {
  name: "events-mark",
  text: `INSERT INTO event_marks (history, cut_end, cut_running)
    SELECT ${history}, latest.next, array(SELECT xid FROM pg_snapshot_xip(pg_current_snapshot()) AS xid
      WHERE xid < latest.next ORDER BY xid)
    FROM (SELECT (xid::text::numeric + 1)::text::xid8 AS next FROM events
      WHERE xid < pg_snapshot_xmax(pg_current_snapshot()) ORDER BY xid DESC LIMIT 1) AS latest
    WHERE NOT EXISTS (SELECT FROM event_marks WHERE at > clock_timestamp() - $1 * interval '1 millisecond')`,
};

// Only the first rows by id are looked at, for the next ones are younger, give or take a transaction. What is of
// transactions that are yet to come was brought by a dump of another cluster. That events are gone is noted together
// with their removal: a reader sees both or neither.
const removeOld: Statement = {
  name: "events-remove-old",
  text: `WITH due AS MATERIALIZED (
      SELECT at, history, cut_end, cut_running FROM event_marks
      WHERE history = ${history} AND at < clock_timestamp() - $1 * interval '1 millisecond'
      ORDER BY at DESC LIMIT 1
    ), old AS MATERIALIZED (
      SELECT id FROM events, due WHERE id IN (SELECT id FROM events ORDER BY id LIMIT $2)
        AND ((xid < cut_end AND xid <> ALL (cut_running)) OR xid >= pg_snapshot_xmax(pg_current_snapshot()))
      ORDER BY id FOR UPDATE OF events SKIP LOCKED
    ), removed AS (
      DELETE FROM events USING old WHERE events.id = old.id RETURNING events.id
    ), noted AS (
      UPDATE event_floor SET at = due.at, history = due.history, cut_end = due.cut_end, cut_running = due.cut_running
      FROM due WHERE event_floor.at < due.at AND EXISTS (SELECT FROM old)
    ), forgotten AS (
      DELETE FROM event_marks USING due WHERE event_marks.at < due.at
    ) SELECT count(*)::integer AS removed FROM removed`,
};

/** Removes events that nobody needs any more to go on from where they were. */
export function createEventRetention({ db, retention, removed, log, random }: RetentionOptions): Sweeper {
  const interval = Math.min(longestInterval, retention);
  const remove = async (limit: number): Promise<number> => {
    await db.query(mark, [interval / 2]);
    const [row] = await db.query<{ removed: number }>(removeOld, [retention, limit]);
    return row?.removed ?? 0;
  };
  return new Sweeper({ what: "events that are old", remove, removed, log, random, interval, batch });
}
