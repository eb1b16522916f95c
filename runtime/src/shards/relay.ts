import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import type { ShardedDatabases } from "./sharded.ts";
import { idsOf } from "./slots.ts";
import type { ShardedTransaction } from "./transaction.ts";

/** Events brought home by one transaction. */
const batch = 500;

const peek: Statement = { name: "relay-peek", text: "SELECT 1 AS waiting FROM events LIMIT 1" };

const peekSlot: Statement = {
  name: "relay-peek-slot",
  text: "SELECT 1 AS waiting FROM events WHERE subject_id BETWEEN $1 AND $2 LIMIT 1",
};

// One process at a time brings the events of a database: those of a profile have to arrive in their order.
const takeTurn: Statement = {
  name: "relay-take-turn",
  text: "SELECT pg_try_advisory_xact_lock(1025, $1) AS taken",
};

// What is taken is what a snapshot shows, in the order of ids: an event is never seen without those before it of the
// same profile, whose row was locked while its id was drawn.
const take = (name: string, condition: string): Statement => ({
  name,
  text: `WITH taken AS (
      DELETE FROM events WHERE id IN (SELECT id FROM events WHERE ${condition} ORDER BY id LIMIT $1)
      RETURNING id, type, subject_id, version, at, data
    ) SELECT coalesce(jsonb_agg(to_jsonb(taken)), '[]')::text AS events, count(*)::integer AS count FROM taken`,
});

const takeFirst = take("relay-take", "true");
const takeOfSlot = take("relay-take-slot", "subject_id BETWEEN $2 AND $3");

const record: Statement = {
  name: "relay-record",
  text: `INSERT INTO events (type, subject_id, version, at, data)
    SELECT type, subject_id, version, at, data
    FROM jsonb_to_recordset($1::jsonb)
      AS taken (id bigint, type text, subject_id uuid, version integer, at timestamptz, data jsonb)
    ORDER BY id`,
};

interface Taken {
  readonly events: string;
  readonly count: number;
}

/**
 * Brings events home that were recorded in another database, together with their changes. Readers know one record, and
 * one way to say how far they have read.
 *
 * @returns whether there may be more
 */
export async function relayEvents(
  databases: Pick<ShardedDatabases, "over">,
  shards: readonly Pick<Postgres, "query">[],
  shard: number,
): Promise<boolean> {
  if (((await shards[shard]?.query(peek, [])) ?? []).length === 0) return false;
  return databases.over(async (transaction) => {
    const [turn] = await transaction.home.query<{ taken: boolean }>(takeTurn, [shard]);
    if (turn?.taken !== true) return false;
    return (await bring(transaction, shard, takeFirst, [batch])) === batch;
  });
}

/** Brings all events home that a database has of a slot, which is locked: no later one may arrive before them. */
export async function relaySlot(transaction: ShardedTransaction, shard: number, slot: number): Promise<void> {
  // What another process is just bringing is waited for, and has not been taken here then.
  while ((await transaction.on(shard).query(peekSlot, idsOf(slot))).length > 0) {
    await bring(transaction, shard, takeOfSlot, [batch, ...idsOf(slot)]);
  }
}

async function bring(
  transaction: ShardedTransaction,
  shard: number,
  statement: Statement,
  values: readonly unknown[],
): Promise<number> {
  const [taken] = await transaction.on(shard).query<Taken>(statement, values);
  if (taken === undefined || taken.count === 0) return 0;
  await transaction.home.query(record, [taken.events]);
  return taken.count;
}
