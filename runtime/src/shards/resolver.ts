import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import { decisions, type PreparedPart } from "./decisions.ts";

export interface ResolverOptions {
  /** Home first. */
  readonly shards: readonly Pick<Postgres, "query">[];
  readonly log: Logger;
}

/**
 * Ends what processes that died have left between two databases. Any number of processes may do it at once, for what
 * one has told a database the others find told.
 *
 * @returns the transactions that are left: those that others are at just now, or were shortly before they died
 * @throws what a database failed with that could not be asked, once all others have been told
 */
export async function resolveTransactions({ shards, log }: ResolverOptions): Promise<ReadonlySet<string>> {
  const left = new Set<string>();
  const [home] = shards;
  if (home === undefined) return left;
  const answers = await Promise.allSettled(shards.map((shard) => decisions.listPrepared(shard)));
  const parts = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  for (const id of new Set(parts.map((part) => part.id))) {
    try {
      if (!(await resolve(shards, home, id, parts))) left.add(id);
    } catch (err) {
      left.add(id);
      log.warn({ transaction: id, reason: reasonOf(err) }, "a transaction over several databases could not be ended");
    }
  }
  // Of a database that did not answer nobody knows what it still has to be told.
  for (const answer of answers) if (answer.status === "rejected") throw answer.reason;
  await decisions.forget(
    home,
    parts.map(({ id }) => id),
  );
  return left;
}

/** @returns false when it is not time yet */
async function resolve(
  shards: readonly Pick<Postgres, "query">[],
  home: Pick<Postgres, "query">,
  id: string,
  parts: readonly PreparedPart[],
): Promise<boolean> {
  const own = parts.filter((part) => part.id === id);
  const overdue = own.some((part) => part.overdue);
  const decision = await decisions.find(home, id, overdue);
  if (decision === undefined) return false;
  // In the order of the decision: of two databases between which a slot is moved, the one that loses it comes first.
  const told = decision.committed ? decision.shards : own.map(({ shard }) => shard);
  for (const shard of told) {
    const database = shards[shard];
    if (database === undefined) throw new Error(`there is no database ${shard}`);
    await decisions.tell(database, id, shard, decision.committed);
  }
  return true;
}
