import { setTimeout as sleep } from "node:timers/promises";
import { OperatorError, reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { type Moved, moveSlots } from "../shards/move.ts";
import { resolveTransactions } from "../shards/resolver.ts";
import type { ShardedDatabases } from "../shards/sharded.ts";
import { balancingMoves, idsOf, type SlotMove } from "../shards/slots.ts";

export interface ReshardOptions {
  readonly databases: ShardedDatabases;
  /** Home first. */
  readonly shards: readonly Postgres[];
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Moves in a row that may fail, a second apart, before the whole is given up. */
const mostFailures = 120;

/** Slots moved by one transaction as long as they have fewer profiles than this each. */
const slotsAtOnce = 8;
const few = 60;

const countAtMost: Statement = {
  text: "SELECT count(*)::integer AS count FROM (SELECT 1 FROM profiles WHERE id BETWEEN $1 AND $2 LIMIT $3) AS found",
};

// Services that share profiles out say so in their names (`postgresSettings`).
const findUnaware: Statement = {
  text: `SELECT application_name AS name, host(client_addr) AS address FROM pg_stat_activity
    WHERE datname = current_database() AND application_name IN ('server', 'worker') LIMIT 1`,
};

/**
 * Moves slots until each database has as many as the others. It can be stopped at any time, and run again.
 *
 * @throws OperatorError when services are connected that would look for moved profiles at home
 */
export async function reshard(options: ReshardOptions): Promise<void> {
  const { databases, shards, log, signal } = options;
  await refuseUnaware(shards);
  await endOthers(shards, log, signal);
  await databases.refresh();
  const owners = databases.owners.map((owner, slot) => {
    if (owner === undefined) throw new Error(`no database has slot ${slot}`);
    return owner;
  });
  const moves = balancingMoves(owners, shards.length);
  log.info({ moves: moves.length }, `${moves.length} slots to move`);
  let moved = 0;
  let profiles = 0;
  while (moved < moves.length) {
    signal.throwIfAborted();
    await refuseUnaware(shards);
    const step = await moveNext(options, moves.slice(moved));
    moved += step.slots;
    profiles += step.profiles;
    log.info({ moved, of: moves.length, profiles }, `${moved} of ${moves.length} slots moved`);
  }
  await endOthers(shards, log, signal);
  log.info({ moved, profiles }, "each database has as many slots as the others");
}

async function refuseUnaware([home]: readonly Postgres[]): Promise<void> {
  const [unaware] = (await home?.query<{ name: string; address: string | null }>(findUnaware, [])) ?? [];
  if (unaware === undefined) return;
  throw new OperatorError(
    `A ${unaware.name} at ${unaware.address ?? "this machine"} runs without DB_SHARDS, and would not find what is moved. ` +
      "Set it for every server and worker, and wait until the old ones have ended.",
  );
}

/** Moves the first of the slots, and some more if they are small. */
async function moveNext(options: ReshardOptions, moves: readonly SlotMove[]): Promise<Moved> {
  const { databases, shards, log, signal } = options;
  const [first] = moves;
  if (first === undefined) throw new Error("there is nothing to move");
  const { from, to } = first;
  for (let failures = 1; ; failures += 1) {
    try {
      const [row] = (await shards[from]?.query<{ count: number }>(countAtMost, [...idsOf(first.slot), few])) ?? [];
      const next = moves.slice(0, (row?.count ?? few) < few ? slotsAtOnce : 1);
      const others = next.findIndex((move) => move.from !== from || move.to !== to);
      const slots = next.slice(0, others === -1 ? next.length : others).map(({ slot }) => slot);
      return await moveSlots(databases, from, to, slots);
    } catch (err) {
      if (failures >= mostFailures) throw new Error(`while moving slot ${first.slot}`, { cause: err });
      log.warn({ slot: first.slot, reason: reasonOf(err) }, "a slot could not be moved: it is tried again");
      await sleep(1_000, undefined, { signal });
      // Whether it was moved is known once nothing is left between the two.
      await endOthers(shards, log, signal);
    }
  }
}

/** Waits until all transactions have ended that are under way now, those of an earlier run that died among them. */
async function endOthers(shards: readonly Postgres[], log: Logger, signal: AbortSignal): Promise<void> {
  let waitedFor: ReadonlySet<string> | undefined;
  for (;;) {
    try {
      const left = await resolveTransactions({ shards, log });
      waitedFor ??= left;
      if ([...waitedFor].every((id) => !left.has(id))) return;
    } catch (err) {
      log.warn({ reason: reasonOf(err) }, "not every database answers: it is tried again");
    }
    await sleep(200, undefined, { signal });
  }
}
