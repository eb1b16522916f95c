import { setTimeout as sleep } from "node:timers/promises";
import { withTimeout } from "../kit/retry.ts";
import type { Queryable, Statement } from "../kit/stores/postgres.ts";
import type { Position } from "./position.ts";

const look: Statement = {
  name: "replica-look",
  text: `SELECT pg_is_in_recovery() AS standby, coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) AS reached,
    (SELECT history FROM database_history) AS history`,
};

interface Columns {
  readonly standby: boolean;
  readonly reached: boolean;
  readonly history: string | null;
}

/** Milliseconds from one look to the next. */
const interval = 5;

/** Milliseconds that a look may take. A replica that is slower than this is not asked for anything else. */
const longestLook = 1_000;

/** The replica has not got what the primary had. */
export class ReplicaBehindError extends Error {
  override readonly name = "ReplicaBehindError";
}

export interface CatchUpOptions {
  readonly position: Position;
  /** Milliseconds to wait at most. */
  readonly patience: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Waits until the replica behind a connection has everything up to a position of the primary. Only what is read on the
 * same connection is read from that replica, for an address may lead to several.
 *
 * A place in a log says nothing without the log that it is in: after a failover, a standby of the old primary may have
 * read further in the old log than the new one has written. So the name of the log has to have arrived as well.
 *
 * @throws ReplicaBehindError; TimeoutError when it does not answer, after which the connection is of no use
 */
export async function catchUp(replica: Queryable, { position, patience, now }: CatchUpOptions): Promise<void> {
  const deadline = now() + patience;
  for (;;) {
    const [row] = await withTimeout(replica.query<Columns>(look, [position.lsn]), longestLook, "asking the replica");
    if (row === undefined) throw new Error("a SELECT without FROM returned no row");
    if (!row.standby) throw new ReplicaBehindError("it is no standby: nothing arrives there from the primary");
    if (row.reached && row.history === position.history) return;
    if (now() >= deadline) {
      const what = row.reached ? "what it has is from another history of the database" : "it is behind the primary";
      throw new ReplicaBehindError(what);
    }
    await sleep(interval);
  }
}
