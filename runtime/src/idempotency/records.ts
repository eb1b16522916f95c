import type { Queryable, Statement } from "../kit/stores/postgres.ts";

/** An answer as it was sent. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** A request that is to take effect once. */
export interface KeyedRequest {
  /** Whose it is: keys of others are other keys. */
  readonly subject: string;
  readonly key: string;
  /** See fingerprint.ts. */
  readonly fingerprint: Buffer;
}

interface Columns extends StoredAnswer {
  readonly fingerprint: Buffer;
}

/** Milliseconds for which an answer is kept at least. */
export const recordLife = 24 * 3_600_000;

/**
 * What a row is found by. Neither a subject nor a key holds a line break, so no two pairs make the same text. It fits
 * the table that the previous release uses, which may run beside this one, and be gone back to.
 */
function rowKey({ subject, key }: KeyedRequest): string {
  return `${subject}\n${key}`;
}

// The previous release knew no subjects: what it did under a bare key ($5) is not done again for whoever repeats the
// request. To be removed a release later.
const doneBefore = "key = $5 AND fingerprint = $2 AND created_at > clock_timestamp() - $4 * interval '1 millisecond'";

// Whoever comes second waits here for the first to commit or roll back, as long as it may. A record that is over and
// not yet swept away counts as none.
const claim: Statement = {
  name: "idempotency-claim",
  text: `INSERT INTO idempotency_keys AS record (key, fingerprint, created_at)
    SELECT $1::text, $2::bytea, clock_timestamp() WHERE set_config('lock_timeout', $3, true) IS NOT NULL
      AND NOT EXISTS (SELECT FROM idempotency_keys WHERE ${doneBefore})
    ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
      status = NULL, headers = NULL, body = NULL
      WHERE record.created_at <= clock_timestamp() - $4 * interval '1 millisecond'
    RETURNING key`,
};

const find: Statement = {
  name: "idempotency-find",
  text: `SELECT fingerprint, status, headers, body FROM idempotency_keys
    WHERE key = $1 OR (key = $2 AND fingerprint = $3) ORDER BY key = $1 DESC LIMIT 1`,
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
  async claim(transaction: Queryable, request: KeyedRequest, patience: number): Promise<boolean> {
    const values = [rowKey(request), request.fingerprint, `${patience}ms`, recordLife, request.key];
    return (await transaction.query(claim, values)).length > 0;
  },

  async find(transaction: Queryable, request: KeyedRequest): Promise<Columns> {
    const [row] = await transaction.query<Columns>(find, [rowKey(request), request.key, request.fingerprint]);
    // The claim that found it holds its lock.
    if (row === undefined) throw new Error("the record of an idempotency key vanished under its lock");
    return row;
  },

  async complete(
    transaction: Queryable,
    request: KeyedRequest,
    { status, headers, body }: StoredAnswer,
  ): Promise<void> {
    await transaction.query(complete, [rowKey(request), status, JSON.stringify(headers), body]);
  },

  /** @returns how many records were removed: `limit` when there may be more */
  async sweep(db: Queryable, limit: number): Promise<number> {
    return (await db.query(sweep, [recordLife, limit])).length;
  },
};
