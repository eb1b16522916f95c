import { randomUUID } from "node:crypto";
import type { QueryResultRow } from "pg";
import { errorCode, UnavailableError } from "../kit/errors.ts";
import type { Postgres, Queryable, Statement } from "../kit/stores/postgres.ts";
import type { Order, Transaction } from "./databases.ts";
import { decisions, partName } from "./decisions.ts";
import { Participant } from "./participant.ts";
import { slotOf } from "./slots.ts";

/** A slot is in another database than was known: nothing was done, and it can be tried again. */
export class SlotMovedError extends Error {
  override readonly name = "SlotMovedError";

  constructor(slot: number) {
    super(`slot ${slot} is in another database, or on its way there`);
  }
}

const hold: Statement = { name: "shard-hold-slot", text: "SELECT hold_slot($1) AS held" };

/** The number of the database that everything but profiles is in. */
export const homeShard = 0;

/**
 * A transaction over those databases that statements are sent to. One that touches a single database is committed there
 * like any other; of several, all commit or none (see decisions.ts).
 */
export class ShardedTransaction implements Transaction {
  readonly spread = true;
  readonly home: Queryable = this.on(homeShard);
  readonly #shards: readonly Postgres[];
  readonly #owners: readonly (number | undefined)[];
  /** In the order in which they were first asked for. */
  readonly #participants = new Map<number, Promise<Participant>>();
  readonly #held = new Map<number, Promise<void>>();
  readonly #prepared: number[] = [];
  readonly #id = randomUUID();
  #undecided = true;

  /**
   * @param shards home first
   * @param owners which of them has each slot
   */
  constructor(shards: readonly Postgres[], owners: readonly (number | undefined)[]) {
    this.#shards = shards;
    this.#owners = owners;
  }

  at(profileId: string): Queryable {
    const slot = slotOf(profileId);
    return {
      query: async <Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]) =>
        (await this.#hold(slot)).query<Row>(statement, values),
    };
  }

  isAway(profileId: string): boolean {
    return this.#ownerOf(slotOf(profileId)) !== homeShard;
  }

  /** One of the databases by its number, whatever it has. */
  on(shard: number): Queryable {
    return {
      query: async <Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]) =>
        (await this.#join(shard)).query<Row>(statement, values),
    };
  }

  /** @throws UnavailableError when it may or may not have been committed */
  async commit(order: Order): Promise<void> {
    const away = [...this.#participants.keys()].filter((shard) => shard !== homeShard);
    const [only] = this.#participants.values();
    if (away.length === 0 || this.#participants.size === 1) {
      this.#undecided = false;
      return (await only)?.commit();
    }
    const parts = order === "home-last" ? [...away, homeShard] : away;
    for (const shard of parts) {
      this.#prepared.push(shard);
      await (await this.#join(shard)).prepare(partName(this.#id, shard));
    }
    if (order === "home-last") await this.#decided(() => decisions.commit(this.#database(homeShard), this.#id, parts));
    else await this.#decideWithHome(parts);
    await this.#decided(async () => {
      for (const shard of parts) await decisions.tell(this.#database(shard), this.#id, shard, true);
    });
  }

  /** Home commits its own part together with the decision. */
  async #decideWithHome(parts: readonly number[]): Promise<void> {
    const home = await this.#join(homeShard);
    try {
      await decisions.commit(home, this.#id, parts);
    } catch (cause) {
      throw tookTooLong(cause);
    }
    await this.#decided(() => home.commit());
  }

  /** From here on nobody but home can say what becomes of it: whatever fails, it may have been committed. */
  async #decided(step: () => Promise<void>): Promise<void> {
    this.#undecided = false;
    try {
      await step();
    } catch (cause) {
      throw tookTooLong(cause);
    }
  }

  /** Undoes what can be undone. Never rejects: what is left is found, and undone, by others. */
  async rollback(): Promise<void> {
    if (!this.#undecided) return;
    const joined = await Promise.allSettled(this.#participants.values());
    const begun = joined.flatMap((part) => (part.status === "fulfilled" ? [part.value] : []));
    await Promise.all(begun.map((part) => part.rollback()));
    for (const shard of this.#prepared) {
      await decisions.tell(this.#database(shard), this.#id, shard, false).catch(() => undefined);
    }
  }

  #ownerOf(slot: number): number {
    const owner = this.#owners[slot];
    if (owner === undefined) throw new SlotMovedError(slot);
    return owner;
  }

  #database(shard: number): Postgres {
    const database = this.#shards[shard];
    if (database === undefined) throw new Error(`there is no database ${shard}`);
    return database;
  }

  async #join(shard: number): Promise<Participant> {
    const joined = this.#participants.get(shard) ?? Participant.begin(this.#database(shard));
    this.#participants.set(shard, joined);
    return joined;
  }

  async #hold(slot: number): Promise<Participant> {
    const participant = await this.#join(this.#ownerOf(slot));
    const held = this.#held.get(slot) ?? holdSlot(participant, slot);
    this.#held.set(slot, held);
    await held;
    return participant;
  }
}

/** Not a NotAttemptedError, whatever the cause is. */
function tookTooLong(cause: unknown): UnavailableError {
  return new UnavailableError("postgresql", "while committing in several databases", { cause });
}

async function holdSlot(participant: Participant, slot: number): Promise<void> {
  try {
    const [row] = await participant.query<{ held: boolean }>(hold, [slot]);
    if (row?.held === true) return;
  } catch (cause) {
    if (errorCode(cause) !== queryCanceled) throw cause;
    throw new UnavailableError("postgresql", "a slot is on its way to another database", { cause });
  }
  throw new SlotMovedError(slot);
}

/** As after `statement_timeout`. */
const queryCanceled = "57014";
