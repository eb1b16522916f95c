import type { Postgres, Statement } from "../kit/stores/postgres.ts";

/** What PostgreSQL says of the shared cache at one moment. */
export interface TrustRow {
  readonly epoch: number;
  /** Identity of the Redis process under which the epoch was opened. */
  readonly runId: string;
  /** Milliseconds for which nobody may believe the cache; 0 when it may be believed. */
  readonly distrustedFor: number;
}

interface Columns {
  readonly epoch: string;
  readonly run_id: string;
  readonly distrusted_for: string;
}

// Written as a case because "-infinity" minus a time is an error before PostgreSQL 17.
const columns = `epoch, run_id, CASE WHEN distrust_until > clock_timestamp()
    THEN extract(epoch FROM distrust_until - clock_timestamp()) * 1000 ELSE 0 END AS distrusted_for`;

const readTrust: Statement = { name: "cache-trust-read", text: `SELECT ${columns} FROM cache_trust` };

/** The epoch grows only where distrust begins: nothing is stored while it lasts. */
const distrust: Statement = {
  name: "cache-trust-distrust",
  text: `UPDATE cache_trust SET
      epoch = epoch + CASE WHEN distrust_until > clock_timestamp() THEN 0 ELSE 1 END,
      distrust_until = greatest(distrust_until, clock_timestamp() + $1 * interval '1 millisecond')
    RETURNING ${columns}`,
};

// Nobody can hold a lease on the contents of no process at all, so the first one is believed at once.
const adoptRun: Statement = {
  name: "cache-trust-adopt-run",
  text: `UPDATE cache_trust SET epoch = epoch + 1, run_id = $1,
      distrust_until = CASE WHEN run_id = '' THEN distrust_until
        ELSE greatest(distrust_until, clock_timestamp() + $2 * interval '1 millisecond') END
    WHERE run_id <> $1 RETURNING ${columns}`,
};

const overtake: Statement = {
  name: "cache-trust-overtake",
  text: "UPDATE cache_trust SET epoch = $1 + 1 WHERE epoch <= $1",
};

/** The row of `cache_trust`, on which all replicas agree. */
export class TrustTable {
  readonly #db: Postgres;

  constructor(db: Postgres) {
    this.#db = db;
  }

  async read(): Promise<TrustRow> {
    return only(await this.#db.query<Columns>(readTrust, []));
  }

  /** Has every replica stop believing the cache for at least so many milliseconds, and then begin with an empty one. */
  async distrust(milliseconds: number): Promise<TrustRow> {
    return only(await this.#db.query<Columns>(distrust, [milliseconds]));
  }

  /** Records another Redis process, whose contents may be older than what was last seen of its predecessor. */
  async adoptRun(runId: string, distrustFor: number): Promise<void> {
    await this.#db.query(adoptRun, [runId, distrustFor]);
  }

  /** Catches up when Redis has seen a later epoch than the database, as after a restored backup. */
  async overtake(epoch: number): Promise<void> {
    await this.#db.query(overtake, [epoch]);
  }
}

function only(rows: readonly Columns[]): TrustRow {
  const [row] = rows;
  if (row === undefined)
    throw new Error("the table cache_trust has lost its row: restore it with INSERT … DEFAULT VALUES");
  return { epoch: Number(row.epoch), runId: row.run_id, distrustedFor: Number(row.distrusted_for) };
}
