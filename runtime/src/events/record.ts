import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { type EventType, kindOf, type RecordedEvent } from "./event.ts";
import { boundary, isBoundary, type Position, positionAt, type Stretch } from "./position.ts";

/** Events read by one statement. */
export const pageSize = 500;

// Which count of transactions this is: that of a cluster, until a standby takes over or a backup is restored, which may
// have lost the last transactions and gives their numbers to others. A restart loses nothing and changes nothing. On a
// standby this fails, and so it should: what happened there last is not what happened last.
export const history = `to_hex((SELECT system_identifier FROM pg_control_system()))
  || '-' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)`;

// A transaction that is under way may yet commit events, with ids below those that can be seen already: whoever asks
// for ids above the last one would never see them. But one that begins now gets a number above all others, so below
// the least number of those under way there is nothing to come: that is the horizon, and no reader goes beyond it.
const state = `SELECT ${history} AS history, pg_snapshot_xmin(pg_current_snapshot()) AS horizon,
  coalesce((SELECT CASE WHEN event_floor.history = ${history} THEN xid END FROM event_floor), '0'::xid8) AS floor`;

const eventColumns = `id::text, xid::text, type, subject_id, version, at, data,
  extract(epoch FROM clock_timestamp() - at)::float8 AS age`;

const begin: Statement = {
  name: "events-begin",
  text: `SELECT history, floor::text,
      (SELECT xid FROM events WHERE xid < horizon ORDER BY xid DESC LIMIT 1)::text AS latest
    FROM (${state}) AS state`,
};

// Held back is what has been committed beyond the horizon. The first of it is the oldest, or near enough. Transactions
// that are yet to come have left nothing: what has their numbers came with a dump from another cluster.
const look: Statement = {
  name: "events-look",
  text: `SELECT history, floor::text, held, found.*
    FROM (
      SELECT *, (
        SELECT greatest(0, extract(epoch FROM clock_timestamp() - at))::float8 FROM events
        WHERE xid >= horizon AND xid < pg_snapshot_xmax(pg_current_snapshot()) ORDER BY xid, id LIMIT 1
      ) AS held FROM (${state}) AS now
    ) AS state LEFT JOIN LATERAL (
      SELECT ${eventColumns} FROM events WHERE xid >= $1::xid8 AND xid < horizon ORDER BY events.xid, events.id LIMIT $2
    ) AS found ON true`,
};

// The additions of 0 keep PostgreSQL from looking for the least id by going through ids, of which most are others.
const bounds: Statement = {
  name: "events-bounds",
  text: `SELECT history, floor::text, first, last FROM (${state}) AS state, LATERAL (
      SELECT min(id + 0)::text AS first, max(id + 0)::text AS last
      FROM events WHERE xid >= $1::xid8 AND xid < $2::xid8 AND id > $3::bigint
    ) AS found`,
};

const page: Statement = {
  name: "events-page",
  text: `SELECT history, floor::text, found.* FROM (${state}) AS state LEFT JOIN LATERAL (
      SELECT ${eventColumns} FROM events
      WHERE events.id > $3::bigint AND events.id <= $4::bigint AND xid >= $1::xid8 AND xid < $2::xid8
      ORDER BY events.id LIMIT $5
    ) AS found ON true`,
};

// Whoever holds the horizon back.
const holder: Statement = {
  name: "events-holder",
  text: `SELECT pid, datname AS database, application_name AS application, xact_start AS since FROM pg_stat_activity
    WHERE backend_xid = pg_snapshot_xmin(pg_current_snapshot())::xid`,
};

interface StateColumns {
  readonly history: string;
  readonly floor: string;
}

interface EventColumns {
  readonly id: string | null;
  readonly xid: string;
  readonly type: string;
  readonly subject_id: string;
  readonly version: number;
  readonly at: Date;
  readonly data: unknown;
  readonly age: number;
}

/** Why a position can no longer be read on from. */
export const lossReasons = ["cursor-too-old", "history-changed", "cursor-unknown"] as const;
export type LossReason = (typeof lossReasons)[number];

/** What was there after a position may have been removed, or the position is from another history. */
export class PositionLostError extends Error {
  override readonly name = "PositionLostError";
  readonly reason: LossReason;

  constructor(reason: LossReason) {
    super(`the position cannot be read on from: ${reason}`);
    this.reason = reason;
  }
}

/** An event, and where somebody stands who has read it. */
export interface PlacedEvent {
  readonly event: RecordedEvent;
  readonly position: Position;
}

/** What there was beyond a boundary at one moment. */
export interface Look {
  /** In order; all that there was, unless `more`. */
  readonly events: readonly PlacedEvent[];
  /** Where somebody stands who has read them, or all that there was. */
  readonly position: Position;
  /** Whether there was more than one statement reads: none of it is in `events`. */
  readonly more: boolean;
  /** Seconds for which the oldest event has been waiting behind a transaction that is under way; 0 when none waits. */
  readonly held: number;
}

/** A transaction that has others' events wait. */
export interface Holder {
  readonly pid: number;
  readonly database: string | null;
  readonly application: string | null;
  readonly since: Date | null;
}

/** Reads the record of events. Everything that can be told of it is told as of one moment. */
export class EventRecord {
  readonly #db: Pick<Postgres, "read">;

  constructor(db: Pick<Postgres, "read">) {
    this.#db = db;
  }

  /**
   * Where nothing has happened yet.
   *
   * The number is that of the latest event and not the horizon: transactions that left nothing behind may be forgotten
   * by a crash, and their numbers given to others, whose events would lie before a position made of the horizon.
   */
  async end(): Promise<Position> {
    const [row] = await this.#db.read<StateColumns & { readonly latest: string | null }>(begin, []);
    if (row === undefined) throw new Error("a SELECT without FROM returned no row");
    const next = row.latest === null ? 0n : BigInt(row.latest) + 1n;
    const floor = BigInt(row.floor);
    return boundary(row.history, next > floor ? next : floor);
  }

  /**
   * What there is beyond a boundary.
   *
   * @throws PositionLostError
   */
  async look(from: Position): Promise<Look> {
    const values = [String(from.low), pageSize + 1];
    const rows = await this.#db.read<StateColumns & EventColumns & { readonly held: number | null }>(look, values);
    requireKept(from, rows[0]);
    const held = rows[0]?.held ?? 0;
    const found = rows.flatMap(toEvent).toSorted(byId);
    const last = found.at(-1);
    if (last === undefined) return { events: [], position: from, more: false, held };
    // What was read of too much ends anywhere, and not at a horizon.
    if (found.length > pageSize) return { events: [], position: await this.end(), more: true, held };
    const high = found.reduce((latest, { xid }) => (xid > latest ? xid : latest), 0n) + 1n;
    const stretch = { history: from.history, low: from.low, high };
    const events = found.map((event) => ({ event, position: positionAt(stretch, event.id, event === last) }));
    return { events, position: boundary(from.history, high), more: false, held };
  }

  /**
   * What there is from a position to a later boundary, a page at a time. The stretch that the position lies in is
   * finished first.
   *
   * @throws PositionLostError, also in the middle: what is read slowly may be removed meanwhile
   */
  async *range(from: Position, to: Position): AsyncGenerator<readonly PlacedEvent[], void> {
    if (from.history !== to.history) throw new PositionLostError("history-changed");
    if (from.high > to.low) throw new PositionLostError("cursor-unknown");
    const { history } = from;
    if (!isBoundary(from)) yield* this.#stretch(from, from.after);
    if (from.high < to.low) yield* this.#stretch({ history, low: from.high, high: to.low }, 0n);
  }

  /** Whose transaction the oldest is that is under way. */
  async holder(): Promise<Holder | undefined> {
    const [row] = await this.#db.read<Holder>(holder, []);
    return row;
  }

  async *#stretch(stretch: Stretch, after: bigint): AsyncGenerator<readonly PlacedEvent[], void> {
    const edges = [String(stretch.low), String(stretch.high)];
    type Bounds = StateColumns & { readonly first: string | null; readonly last: string | null };
    const [found] = await this.#db.read<Bounds>(bounds, [...edges, String(after)]);
    requireKept(stretch, found);
    const { first = null, last: latest = null } = found ?? {};
    if (first === null || latest === null) return;
    const last = BigInt(latest);
    for (let seen = BigInt(first) - 1n; seen < last; ) {
      const values = [...edges, String(seen), String(last), pageSize];
      const rows = await this.#db.read<StateColumns & EventColumns>(page, values);
      requireKept(stretch, rows[0]);
      const events = rows.flatMap(toEvent);
      yield events.map((event) => ({ event, position: positionAt(stretch, event.id, event.id === last) }));
      seen = events.at(-1)?.id ?? last;
    }
  }
}

/** What was read along with the events: so no event was removed between the two. */
function requireKept({ history, low }: Pick<Position, "history" | "low">, row: StateColumns | undefined): void {
  if (row === undefined) throw new Error("a LEFT JOIN of one row returned none");
  if (row.history !== history) throw new PositionLostError("history-changed");
  if (BigInt(row.floor) > low) throw new PositionLostError("cursor-too-old");
}

function toEvent(row: EventColumns): readonly RecordedEvent[] {
  if (row.id === null) return [];
  const { type, subject_id: subjectId, version, at, data, age } = row;
  const numbers = { id: BigInt(row.id), xid: BigInt(row.xid) };
  return [{ ...numbers, type: type as EventType, kind: kindOf(type), subjectId, version, at, data, age }];
}

function byId(one: RecordedEvent, other: RecordedEvent): number {
  return one.id < other.id ? -1 : 1;
}
