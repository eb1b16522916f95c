import type { Queryable, Statement } from "../kit/stores/postgres.ts";
import { relaySlot } from "./relay.ts";
import type { ShardedDatabases } from "./sharded.ts";
import { idsOf } from "./slots.ts";
import { homeShard } from "./transaction.ts";

/** Profiles copied by one statement. */
const batch = 500;

const setMoving: Statement = {
  name: "move-set-moving",
  text: "SELECT set_config('profile_platform.moving', 'on', true) AS moving",
};

// Waits for all transactions that hold the slot (`hold_slot` of migration 0011), and has later ones wait.
const lock: Statement = { name: "move-lock", text: "SELECT pg_advisory_xact_lock(1024, $1)" };

// One slot is waited for, and further ones are taken as they are: who holds one of them may wait for the first.
const tryLock: Statement = { name: "move-try-lock", text: "SELECT pg_try_advisory_xact_lock(1024, $1) AS locked" };

const owns: Statement = {
  name: "move-owns",
  text: "SELECT slot FROM shard, unnest($1::integer[]) AS slot WHERE slots @> slot",
};

const columns = "id, position, name, email, bio, images, version, created_at, updated_at";

// As JSON from one database to the other, without JavaScript taking it to pieces: times have microseconds.
const read: Statement = {
  name: "move-read",
  text: `SELECT count(*)::integer AS count, max(id::text COLLATE "C") AS last, jsonb_agg(to_jsonb(page))::text AS rows
    FROM (
      SELECT ${columns} FROM profiles WHERE id BETWEEN $1 AND $2 AND ($3::uuid IS NULL OR id > $3)
      ORDER BY id LIMIT $4
    ) AS page`,
};

const write: Statement = {
  name: "move-write",
  text: `INSERT INTO profiles (${columns}) OVERRIDING SYSTEM VALUE
    SELECT ${columns} FROM jsonb_populate_recordset(NULL::profiles, $1::jsonb)`,
};

const remove: Statement = { name: "move-remove", text: "DELETE FROM profiles WHERE id BETWEEN $1 AND $2" };

const given = "(SELECT range_agg(int4range(slot, slot + 1)) FROM unnest($1::integer[]) AS slot)";

const lose: Statement = {
  name: "move-lose",
  text: `UPDATE shard SET slots = slots - ${given}`,
};

const gain: Statement = {
  name: "move-gain",
  text: `UPDATE shard SET slots = slots + ${given}`,
};

// Moving is no event, whatever the triggers make of it.
const forgetEvents: Statement = {
  name: "move-forget-events",
  text: "DELETE FROM events WHERE xid = pg_current_xact_id()",
};

interface Page {
  readonly count: number;
  readonly last: string | null;
  readonly rows: string | null;
}

export interface Moved {
  /** Of the slots, so many from the first on are no longer where they were. */
  readonly slots: number;
  readonly profiles: number;
}

/**
 * Moves the profiles of some slots to another database in one transaction over both, while everybody else goes on:
 * reads see them in the one or in the other, and writes to them wait until it is over. Slots that are in use are left
 * for another time, but for the first.
 *
 * @param slots at least one
 */
export async function moveSlots(
  databases: Pick<ShardedDatabases, "over">,
  from: number,
  to: number,
  slots: readonly number[],
): Promise<Moved> {
  if (to === homeShard) throw new Error("slots are not moved home");
  return databases.over(async (transaction) => {
    // The one that loses the slots is told first that it was committed, so that never both have them.
    const [source, target] = [transaction.on(from), transaction.on(to)];
    await source.query(setMoving, []);
    const locked = await lockSlots(source, slots);
    const owned = await ownedOf(source, locked);
    if (owned.length === 0) return { slots: locked.length, profiles: 0 };
    await target.query(setMoving, []);
    let profiles = 0;
    for (const slot of owned) {
      if (from !== homeShard) await relaySlot(transaction, from, slot);
      profiles += await copy(source, target, slot);
      await source.query(remove, idsOf(slot));
    }
    await source.query(lose, [owned]);
    await target.query(gain, [owned]);
    await source.query(forgetEvents, []);
    await target.query(forgetEvents, []);
    return { slots: locked.length, profiles };
  });
}

async function lockSlots(source: Queryable, slots: readonly number[]): Promise<readonly number[]> {
  const locked: number[] = [];
  for (const slot of slots) {
    if (locked.length === 0) await source.query(lock, [slot]);
    else {
      const [row] = await source.query<{ locked: boolean }>(tryLock, [slot]);
      if (row?.locked !== true) return locked;
    }
    locked.push(slot);
  }
  return locked;
}

/** Which of the slots the database still has: an earlier try may have moved some. */
async function ownedOf(source: Queryable, slots: readonly number[]): Promise<readonly number[]> {
  const rows = await source.query<{ slot: number }>(owns, [slots]);
  return rows.map(({ slot }) => slot);
}

async function copy(source: Queryable, target: Queryable, slot: number): Promise<number> {
  let last: string | null = null;
  let copied = 0;
  for (;;) {
    const pages: readonly Page[] = await source.query<Page>(read, [...idsOf(slot), last, batch]);
    const [page] = pages;
    if (page === undefined || page.rows === null) return copied;
    await target.query(write, [page.rows]);
    copied += page.count;
    last = page.last;
    if (page.count < batch) return copied;
  }
}
