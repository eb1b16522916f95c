import type { QueryResultRow } from "pg";
import { SaturatedError, UnavailableError } from "../kit/errors.ts";
import { forMilliseconds, Permits } from "../kit/permits.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import type { Databases, Order, Transaction } from "./databases.ts";
import { ShardMap } from "./map.ts";
import { isComplete, parseSlots, slotOf } from "./slots.ts";
import { ShardedTransaction, SlotMovedError } from "./transaction.ts";

export interface ShardedDatabasesOptions {
  /** Home first. */
  readonly shards: readonly Postgres[];
  /** Connections to each of them: as many transactions there may be, or they would wait for one another's. */
  readonly connections: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Milliseconds for which a slot that is on its way is waited for. Moving one takes a part of a second. */
const patience = 5_000;

/** Milliseconds that a transaction waits for others to end, as for a connection. */
const longestTurn = 3_000;

const untilTurn = forMilliseconds(
  longestTurn,
  () => new SaturatedError("postgresql", "more are under way than postgresql can take"),
);

/** Milliseconds from one look for it to the next. */
const interval = 20;

interface Shown {
  readonly shown_slots: string;
  readonly is_here: boolean | null;
}

/**
 * Profiles in several databases, by slots. Every read and write has the database itself say, in the same snapshot or
 * under the same lock, that it has the slot: which slots were known to be where is only a hint.
 */
export class ShardedDatabases implements Databases {
  readonly #options: ShardedDatabasesOptions;
  readonly #map: ShardMap;
  readonly #permits: Permits;

  constructor(options: ShardedDatabasesOptions) {
    this.#options = options;
    this.#map = new ShardMap(options.shards);
    this.#permits = new Permits({ count: options.connections });
  }

  get owners(): readonly (number | undefined)[] {
    return this.#map.owners;
  }

  refresh(): Promise<void> {
    return this.#map.refresh();
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>, order?: Order): Promise<T> {
    return this.over(work, order);
  }

  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.over(work);
  }

  /** As `transaction`, for who has to name databases. */
  async over<T>(work: (transaction: ShardedTransaction) => Promise<T>, order: Order = "home-first"): Promise<T> {
    return this.#untilFound(() => this.#permits.hold(() => this.#carryOut(work, order), untilTurn));
  }

  async #carryOut<T>(work: (transaction: ShardedTransaction) => Promise<T>, order: Order): Promise<T> {
    const transaction = new ShardedTransaction(this.#options.shards, this.#map.owners);
    try {
      const result = await work(transaction);
      await transaction.commit(order);
      return result;
    } catch (thrown) {
      await transaction.rollback();
      throw thrown;
    }
  }

  async readAt<Row extends QueryResultRow>(
    profileId: string,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    const slot = slotOf(profileId);
    return this.#untilFound(async () => {
      const shard = this.#options.shards[this.#map.owners[slot] ?? -1];
      if (shard === undefined) throw new SlotMovedError(slot);
      const rows = await shard.read<Row & Shown>(showing(statement), values);
      const ranges = parseSlots(rows[0]?.shown_slots ?? "");
      if (!ranges.some(([from, to]) => slot >= from && slot < to)) throw new SlotMovedError(slot);
      return rows.filter(({ is_here }) => is_here === true);
    });
  }

  async readAll<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
    compare: (one: Row, other: Row) => number,
  ): Promise<readonly Row[]> {
    const { shards } = this.#options;
    return this.#untilFound(async () => {
      const answers = await Promise.all(shards.map((shard) => shard.read<Row & Shown>(showing(statement), values)));
      // A slot that was moved between two of these looks has been seen twice, or not at all.
      if (!isComplete(answers.flatMap(([row]) => parseSlots(row?.shown_slots ?? "")))) throw new SlotMovedError(0);
      const rows = answers.flat().filter(({ is_here }) => is_here === true);
      return rows.toSorted(compare);
    });
  }

  /** Tries again for a while when a slot is not where it was looked for. */
  async #untilFound<T>(look: () => Promise<T>): Promise<T> {
    const { now, sleep } = this.#options;
    const deadline = now() + patience;
    for (let first = true; ; first = false) {
      try {
        return await look();
      } catch (thrown) {
        if (!(thrown instanceof SlotMovedError)) throw thrown;
        if (now() >= deadline) {
          throw new UnavailableError("postgresql", "no database has the profiles asked for", { cause: thrown });
        }
      }
      if (!first) await sleep(interval);
      await this.#map.refresh();
    }
  }
}

/** The statement, with the slots that the database has in the same snapshot; in one row at least. */
function showing({ name, text }: Statement): Statement {
  return {
    ...(name === undefined ? {} : { name: `${name}-of-shard` }),
    text: `SELECT shard.slots::text AS shown_slots, found.*
      FROM shard LEFT JOIN (SELECT true AS is_here, asked.* FROM (${text}) AS asked) AS found ON true`,
  };
}
