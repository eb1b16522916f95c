import { SingleFlight } from "../kit/single-flight.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { history } from "../kit/stores/postgres-history.ts";

/** How far the primary was at one moment: whatever was acknowledged by then is in its log up to there. */
export interface Position {
  /** Whose log it is: see postgres-history.ts. */
  readonly history: string;
  /** As PostgreSQL writes it, such as `0/1A2B3C4`. */
  readonly lsn: string;
}

// What is acknowledged was flushed, and only what was flushed is sent to replicas: beyond this there is nothing that
// one could be expected to have.
const read: Statement = {
  name: "replica-position",
  text: `SELECT ${history} AS history, pg_current_wal_flush_lsn()::text AS lsn,
    (SELECT history FROM database_history) AS noted`,
};

const note: Statement = {
  name: "replica-note-history",
  text: `INSERT INTO database_history (history) VALUES ($1)
    ON CONFLICT (only_row) DO UPDATE SET history = excluded.history`,
};

/**
 * Asks the primary how far it is. All who ask while a question is under way share the next one: however many reads
 * there are, the primary is asked one question at a time.
 */
export class Positions {
  readonly #db: Pick<Postgres, "query" | "read">;
  readonly #questions = new SingleFlight<"position", Position>();

  constructor(db: Pick<Postgres, "query" | "read">) {
    this.#db = db;
  }

  /** The position of a moment after this was called. @throws UnavailableError, DatabaseError */
  current(): Promise<Position> {
    return this.#questions.run("position", () => this.#ask());
  }

  /** What the log is called is noted in it, so that only a replica of this log can have read it there. */
  async #ask(): Promise<Position> {
    const found = await this.#read();
    if (found.noted === found.history) return found;
    await this.#db.query(note, [found.history]);
    return this.#read();
  }

  async #read(): Promise<Position & { readonly noted: string | null }> {
    const [row] = await this.#db.read<Position & { readonly noted: string | null }>(read, []);
    if (row === undefined) throw new Error("a SELECT without FROM returned no row");
    return row;
  }
}
