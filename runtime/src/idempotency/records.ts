import type { Queryable, Statement } from "../kit/stores/postgres.ts";

/** An answer as it was sent. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

interface Columns extends StoredAnswer {
  readonly fingerprint: Buffer;
}

/** Milliseconds for which an answer is kept at least. */
export const recordLife = 24 * 3_600_000;

// Whoever comes second waits here for the first to commit or roll back, as long as it may. A record that is over and
// not yet swept away counts as none.
const claim: Statement = {
  name: "idempotency-claim",
  text: `INSERT INTO idempotency_keys AS record (key, fingerprint, created_at)
    SELECT $1::text, $2::bytea, clock_timestamp() WHERE set_config('lock_timeout', $3, true) IS NOT NULL
    ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
      status = NULL, headers = NULL, body = NULL
      WHERE record.created_at <= clock_timestamp() - $4 * interval '1 millisecond'
    RETURNING key`,
};

const find: Statement = {
  name: "idempotency-find",
  text: "SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE key = $1",
};

const complete: Statement = {
  name: "idempotency-complete",
  text: "UPDATE idempotency_keys SET status = $2, headers = $3, body = $4 WHERE key = $1",
};

// SKIP LOCKED shares the work out among replicas, and leaves alone what is just being claimed again.
const sweep: Statement = {
  name: "idempotency-sweep",
  text: `WITH over AS MATERIALIZED (
      SELECT key FROM idempotency_keys WHERE created_at <= clock_timestamp() - $1 * interval '1 millisecond'
      ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) DELETE FROM idempotency_keys USING over WHERE idempotency_keys.key = over.key RETURNING idempotency_keys.key`,
};

/** What was answered to requests with a key. A record that others see has its answer: both are of one transaction. */
export const records = {
  /**
   * Takes the key for this transaction. Waits while another one has it.
   *
   * @param patience milliseconds to wait at most; no lock of the transaction is waited for longer from then on
   * @returns whether the key is this transaction's; if not, the record of another one is there to be found
   * @throws DatabaseError 55P03 when the wait was in vain
   */
  async claim(transaction: Queryable, key: string, fingerprint: Buffer, patience: number): Promise<boolean> {
    const values = [key, fingerprint, `${patience}ms`, recordLife];
    return (await transaction.query(claim, values)).length > 0;
  },

  async find(transaction: Queryable, key: string): Promise<Columns> {
    const [row] = await transaction.query<Columns>(find, [key]);
    // The claim that found it holds its lock.
    if (row === undefined) throw new Error("the record of an idempotency key vanished under its lock");
    return row;
  },

  async complete(transaction: Queryable, key: string, { status, headers, body }: StoredAnswer): Promise<void> {
    await transaction.query(complete, [key, status, JSON.stringify(headers), body]);
  },

  /** @returns how many records were removed: `limit` when there may be more */
  async sweep(db: Queryable, limit: number): Promise<number> {
    return (await db.query(sweep, [recordLife, limit])).length;
  },
};
