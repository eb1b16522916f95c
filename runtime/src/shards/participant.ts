import type { QueryResultRow } from "pg";
import { type Postgres, type Queryable, type Statement, toCallerError } from "../kit/stores/postgres.ts";

/** A database's part in a transaction: one connection, from BEGIN to its end. */
export class Participant implements Queryable {
  readonly #connection: Queryable;
  /** Rejects when the database is given up meanwhile. */
  readonly #givenUp: Promise<never>;
  readonly #end: (failure: unknown) => void;
  #failure: unknown;
  #ended = false;

  private constructor(connection: Queryable, givenUp: Promise<never>, end: (failure: unknown) => void) {
    this.#connection = connection;
    this.#givenUp = givenUp;
    this.#end = end;
  }

  /** @throws UnavailableError */
  static async begin(db: Pick<Postgres, "session">): Promise<Participant> {
    const opened = Promise.withResolvers<Queryable>();
    const ended = Promise.withResolvers<void>();
    const session = db.session(async (connection) => {
      await connection.query({ text: "BEGIN" }, []);
      opened.resolve(connection);
      await ended.promise;
    });
    const givenUp = session.then(() => new Promise<never>(() => undefined));
    givenUp.catch(opened.reject);
    return new Participant(await opened.promise, givenUp, (failure) => {
      if (failure === undefined) ended.resolve();
      else ended.reject(failure);
    });
  }

  async query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await Promise.race([this.#connection.query<Row>(statement, values), this.#givenUp]);
    } catch (err) {
      this.#failure = err;
      throw toCallerError(err);
    }
  }

  async commit(): Promise<void> {
    this.#requireWhole();
    await this.#finish("COMMIT");
  }

  /** Has the database keep what was done until it is told what becomes of it, also over a crash. */
  async prepare(name: string): Promise<void> {
    this.#requireWhole();
    await this.#finish(`PREPARE TRANSACTION '${name}'`);
  }

  /** Never rejects: a connection that cannot even roll back is discarded, which rolls back on the server. */
  async rollback(): Promise<void> {
    if (this.#ended) return;
    if (this.#failure !== undefined && toCallerError(this.#failure) !== this.#failure) this.#close(this.#failure);
    else await this.#finish("ROLLBACK").catch(() => undefined);
  }

  /** PostgreSQL rolls back what is prepared or committed after a failure, and does not call it one. */
  #requireWhole(): void {
    if (this.#failure !== undefined) throw toCallerError(this.#failure);
  }

  async #finish(text: string): Promise<void> {
    let failure: unknown;
    try {
      await this.query({ text }, []);
    } catch (err) {
      failure = this.#failure;
      throw err;
    } finally {
      this.#close(failure);
    }
  }

  #close(failure: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#end(failure);
  }
}
