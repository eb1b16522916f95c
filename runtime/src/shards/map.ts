import { UnavailableError } from "../kit/errors.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { parseSlots, slotCount } from "./slots.ts";

const read: Statement = { name: "shard-slots", text: "SELECT slots::text AS slots FROM shard" };

/**
 * Which database has which slots, as far as this process knows. It may be wrong, when slots were moved: whoever goes by
 * it has the database say so, and looks again.
 */
export class ShardMap {
  readonly #shards: readonly Pick<Postgres, "read">[];
  #owners: readonly (number | undefined)[] = [];
  #refreshing: Promise<void> | undefined;

  /** @param shards home first */
  constructor(shards: readonly Pick<Postgres, "read">[]) {
    this.#shards = shards;
  }

  /** The number of the database that has each slot; undefined for one that nobody is known to have. */
  get owners(): readonly (number | undefined)[] {
    return this.#owners;
  }

  /** Asks all databases. What one has that does not answer is left as it was known. @throws UnavailableError if none does */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const answers = await Promise.allSettled(this.#shards.map((shard) => shard.read<{ slots: string }>(read, [])));
    const [failed] = answers.filter((answer) => answer.status === "rejected");
    if (failed !== undefined && answers.every(({ status }) => status === "rejected")) {
      throw new UnavailableError("postgresql", "no database says which profiles it has", { cause: failed.reason });
    }
    const owners: (number | undefined)[] = Array.from({ length: slotCount }, (_, slot) => {
      const known = this.#owners[slot];
      return known !== undefined && answers[known]?.status === "rejected" ? known : undefined;
    });
    for (const [number, answer] of answers.entries()) {
      if (answer.status === "rejected") continue;
      for (const [from, to] of parseSlots(answer.value[0]?.slots ?? "")) owners.fill(number, from, to);
    }
    this.#owners = owners;
  }
}
