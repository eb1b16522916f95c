import type { QueryResultRow } from "pg";
import type { Breaker } from "../kit/breaker.ts";
import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { catchUp, ReplicaBehindError } from "./catch-up.ts";
import type { ReadOutcome, ReplicaMetrics } from "./metrics.ts";
import type { Positions } from "./position.ts";

/** Milliseconds for which others may have waited for the replica when one more is to. */
const longestQueue = 100;

export interface ReplicaReadsOptions {
  readonly primary: Pick<Postgres, "read">;
  /** Refuses while the breaker is open. */
  readonly replica: Pick<Postgres, "session" | "longestWait">;
  readonly breaker: Pick<Breaker, "state">;
  readonly positions: Pick<Positions, "current">;
  /** Milliseconds that a read waits for the replica to have what the primary had. */
  readonly maxLag: number;
  readonly metrics: ReplicaMetrics;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Reads from a replica what the primary would have said: each read asks the primary how far it is, and the replica for
 * the rest, once it is as far. Whatever is wrong with the replica costs time, and never an answer: then the primary is
 * read.
 */
export class ReplicaReads implements Pick<Postgres, "read"> {
  readonly #options: ReplicaReadsOptions;

  constructor(options: ReplicaReadsOptions) {
    this.#options = options;
  }

  /** @throws what a read of the primary throws */
  async read<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    const { primary, metrics, log } = this.#options;
    let outcome = this.#obstacle();
    if (outcome === undefined) {
      try {
        const rows = await this.#readReplica<Row>(statement, values);
        metrics.reads.inc({ outcome: "replica" });
        return rows;
      } catch (thrown) {
        outcome = thrown instanceof ReplicaBehindError ? "behind" : "failed";
        log.debug({ reason: reasonOf(thrown) }, "the replica could not be read: the primary is");
      }
    }
    metrics.reads.inc({ outcome });
    return primary.read<Row>(statement, values);
  }

  /** Why the replica is not to be asked. */
  #obstacle(): ReadOutcome | undefined {
    const { replica, breaker } = this.#options;
    if (breaker.state !== "closed") return "left_alone";
    return replica.longestWait > longestQueue ? "busy" : undefined;
  }

  async #readReplica<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    const { replica, positions, maxLag, metrics, now } = this.#options;
    const position = await positions.current();
    return replica.session(async (connection) => {
      const startedAt = now();
      await catchUp(connection, { position, patience: maxLag, now });
      metrics.catchUp.observe((now() - startedAt) / 1_000);
      return connection.query<Row>(statement, values);
    });
  }
}
