import type { QueryResultRow } from "pg";
import type { Postgres, Queryable, Statement } from "../kit/stores/postgres.ts";

/** A transaction over all that the service stores, wherever that is. */
export interface Transaction {
  /** Where everything is but the rows of profiles. */
  readonly home: Queryable;
  /** Where the row of a profile is. */
  at(profileId: string): Queryable;
  /** Whether that is another database than home, which neither constraints nor triggers there can see. */
  isAway(profileId: string): boolean;
  /** Whether profiles may be in several databases. */
  readonly spread: boolean;
}

/**
 * What others see first of a transaction over several databases, for a moment: what is at home, or the profiles. It
 * matters where home tells of something that the profiles are to show.
 */
export type Order = "home-first" | "home-last";

/** The databases that profiles are in: one, or several that share them out by id. */
export interface Databases {
  /**
   * Commits all of it when `work` resolves, and nothing when it rejects. `work` is called again when a profile was in
   * another database than expected, of which nothing was committed.
   *
   * @param order home-first when absent, which costs less
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, order?: Order): Promise<T>;
  /** As `transaction`, for one change: a statement on its own as long as there is one database. */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Reads one profile by a statement whose first value is its id. Tried once more when a connection broke. */
  readAt<Row extends QueryResultRow>(
    profileId: string,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]>;
  /**
   * Reads from all profiles, each of which is seen once. With a limit in the statement, as many rows come of each
   * database.
   *
   * @param compare puts rows of several databases in the order that the statement gives those of one
   */
  readAll<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
    compare: (one: Row, other: Row) => number,
  ): Promise<readonly Row[]>;
}

/** Everything in one database, as it is unless others are configured. */
export class SingleDatabase implements Databases {
  readonly #db: Postgres;
  readonly #listings: Pick<Postgres, "read">;
  readonly #alone: Transaction;

  /** @param listings where `readAll` reads: the database itself, or what is as far as it */
  constructor(db: Postgres, listings: Pick<Postgres, "read"> = db) {
    this.#db = db;
    this.#listings = listings;
    this.#alone = allOn(db);
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#db.transaction((transaction) => work(allOn(transaction)));
  }

  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return work(this.#alone);
  }

  readAt<Row extends QueryResultRow>(
    _profileId: string,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    return this.#db.read<Row>(statement, values);
  }

  readAll<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#listings.read<Row>(statement, values);
  }
}

/** A transaction of one database, or statements without one. */
export function allOn(db: Queryable): Transaction {
  return { home: db, at: () => db, isAway: () => false, spread: false };
}
