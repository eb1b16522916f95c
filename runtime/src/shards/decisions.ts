import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../kit/errors.ts";
import type { Queryable, Statement } from "../kit/stores/postgres.ts";

/**
 * Transactions over several databases. Each of them but home prepares its part, after which it can be committed or
 * rolled back, whatever happens; then home commits its own part together with a row that says so, which decides about
 * all; then the others are told. Where home is to show its part last, it prepares it as well, and the row is written by
 * itself. A process that dies in between leaves prepared parts behind, and anybody who finds one
 * reads from home what was decided; where there is no row after a while, one is written that says no, and whoever was
 * slow finds it and fails.
 */
export const prefix = "profile-platform";

/** The name of a database's part. */
export function partName(id: string, shard: number): string {
  return `${prefix}:${id}:${shard}`;
}

const commit: Statement = {
  name: "decision-commit",
  text: "INSERT INTO transaction_decisions (id, committed, shards) VALUES ($1, true, $2)",
};

const abort: Statement = {
  name: "decision-abort",
  text: `INSERT INTO transaction_decisions (id, committed, shards) VALUES ($1, false, '{}') ON CONFLICT (id) DO NOTHING`,
};

const find: Statement = {
  name: "decision-find",
  text: "SELECT committed, shards FROM transaction_decisions WHERE id = $1",
};

// What says no is needed for as long as somebody may be about to say yes: a transaction at home that is idle for 10 s
// is ended by PostgreSQL.
const forget: Statement = {
  name: "decision-forget",
  text: `DELETE FROM transaction_decisions WHERE id IN (
      SELECT id FROM transaction_decisions
      WHERE at < clock_timestamp() - CASE WHEN committed THEN interval '1 minute' ELSE interval '1 hour' END
        AND at < clock_timestamp() - interval '1 minute' AND id <> ALL ($1::uuid[])
      ORDER BY at LIMIT 5000
    )`,
};

const listPrepared: Statement = {
  name: "decision-list-prepared",
  text: `SELECT gid, prepared < clock_timestamp() - interval '2 seconds' AS overdue FROM pg_prepared_xacts
    WHERE database = current_database() AND gid LIKE '${prefix}:%'`,
};

export interface Decision {
  readonly committed: boolean;
  /** In the order in which they are to be told. */
  readonly shards: readonly number[];
}

/** A part that was prepared, and not yet told what became of the whole. */
export interface PreparedPart {
  readonly id: string;
  readonly shard: number;
  /** Whether whoever prepared it should have decided by now. */
  readonly overdue: boolean;
}

export const decisions = {
  /** @throws DatabaseError when the opposite was decided, because it took too long */
  async commit(home: Queryable, id: string, shards: readonly number[]): Promise<void> {
    await home.query(commit, [id, shards]);
  },

  /** What was decided; nothing, if it was not, and it is not time yet. */
  async find(home: Queryable, id: string, overdue: boolean): Promise<Decision | undefined> {
    // Waits for a transaction that is about to commit.
    if (overdue) await home.query(abort, [id]);
    const [decision] = await home.query<Decision>(find, [id]);
    return decision;
  },

  /** Removes what nobody will ask for, as all parts but those of `pending` have been told. */
  async forget(home: Queryable, pending: readonly string[]): Promise<void> {
    await home.query(forget, [pending]);
  },

  async listPrepared(db: Queryable): Promise<readonly PreparedPart[]> {
    const rows = await db.query<{ readonly gid: string; readonly overdue: boolean }>(listPrepared, []);
    return rows.map(({ gid, overdue }) => {
      const [, id = "", shard] = gid.split(":");
      return { id, shard: Number(shard), overdue };
    });
  },

  /** Tells a database what was decided, or waits until another process has. */
  async tell(db: Queryable, id: string, shard: number, committed: boolean): Promise<void> {
    const text = `${committed ? "COMMIT" : "ROLLBACK"} PREPARED '${partName(id, shard)}'`;
    for (let tries = 1; ; tries += 1) {
      try {
        await db.query({ text }, []);
        return;
      } catch (err) {
        if (errorCode(err) === undefinedObject) return;
        if (errorCode(err) !== busy || tries === mostTries) throw err;
      }
      await sleep(10);
    }
  },
};

const undefinedObject = "42704";
const busy = "55000";
const mostTries = 200;
