import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { history } from "../kit/stores/postgres-history.ts";
import { type EventType, kindOf, type RecordedEvent } from "./event.ts";
import { type Cut, covers, cutBehind, type Position, positionAt, type Stretch } from "./position.ts";

/** Events read by one statement. */
export const pageSize = 500;

// `running` is of the moment that the statement reads by, so it tells what the statement could not see yet.
const state = `SELECT ${history} AS history, array(SELECT pg_snapshot_xip(pg_current_snapshot())) AS running,
    coalesce(event_floor.history, '') AS floor_history, coalesce(event_floor.cut_end, '0') AS floor_end,
    coalesce(event_floor.cut_running, '{}') AS floor_running
  FROM (VALUES (true)) AS one LEFT JOIN event_floor ON true`;

const stateColumns = `history, running::text[], floor_history, floor_end::text, floor_running::text[]`;

const eventColumns = `id::text, xid::text, type, subject_id, version, at, data,
  extract(epoch FROM clock_timestamp() - at)::float8 AS age`;

// Transactions that are yet to come have left nothing: what has their numbers came with a dump from another cluster.
const known = `xid < pg_snapshot_xmax(pg_current_snapshot())`;

const begin: Statement = {
  name: "events-begin",
  text: `SELECT ${stateColumns}, (SELECT xid FROM events WHERE ${known} ORDER BY xid DESC LIMIT 1)::text AS latest
    FROM (${state}) AS state`,
};

// What is new is either of transactions that came after the cut, or of those that were running then. Each is found by
// the index; together in one condition, PostgreSQL might prefer to go through all ids.
const look: Statement = {
  name: "events-look",
  text: `SELECT ${stateColumns}, found.* FROM (${state}) AS state LEFT JOIN (
      (SELECT ${eventColumns} FROM events WHERE xid >= $1::xid8 AND ${known}
        ORDER BY events.xid, events.id LIMIT $3)
      UNION ALL
      (SELECT ${eventColumns} FROM events WHERE xid = ANY ($2::xid8[]) ORDER BY events.xid, events.id LIMIT $3)
    ) AS found ON true`,
};

const inStretch = `(xid >= $1::xid8 OR xid = ANY ($2::xid8[])) AND xid < $3::xid8 AND xid <> ALL ($4::xid8[])`;

// The additions of 0 keep PostgreSQL from looking for the least id by going through ids, of which most are others.
const bounds: Statement = {
  name: "events-bounds",
  text: `SELECT ${stateColumns}, first, last FROM (${state}) AS state, (
      SELECT min(id + 0)::text AS first, max(id + 0)::text AS last FROM events WHERE ${inStretch} AND id > $5::bigint
    ) AS found`,
};

const page: Statement = {
  name: "events-page",
  text: `SELECT ${stateColumns}, found.* FROM (${state}) AS state LEFT JOIN (
      SELECT ${eventColumns} FROM events WHERE events.id > $5::bigint AND events.id <= $6::bigint AND ${inStretch}
      ORDER BY events.id LIMIT $7
    ) AS found ON true`,
};

interface StateColumns {
  readonly history: string;
  readonly running: readonly string[];
  readonly floor_history: string;
  readonly floor_end: string;
  readonly floor_running: readonly string[];
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

/** What there was beyond a cut at a later moment. */
export interface Look {
  /** In order; all that there was, unless `more`. */
  readonly events: readonly PlacedEvent[];
  /** Where somebody stands who has read all that there was. */
  readonly position: Position;
  /** Whether there was more than one statement reads: none of it is in `events`. */
  readonly more: boolean;
}

/** Reads the record of events. Everything that can be told of it is told as of one moment. */
export class EventRecord {
  readonly #db: Pick<Postgres, "read">;

  constructor(db: Pick<Postgres, "read">) {
    this.#db = db;
  }

  /** The present: where nothing has happened yet. */
  async end(): Promise<Position> {
    const [row] = await this.#db.read<StateColumns & { readonly latest: string | null }>(begin, []);
    if (row === undefined) throw new Error("a SELECT from one row returned none");
    const latest = row.latest === null ? -1n : BigInt(row.latest);
    const removed = floorOf(row).end - 1n;
    return { history: row.history, cut: cutBehind(latest > removed ? latest : removed, runningOf(row)) };
  }

  /**
   * What there is beyond a cut.
   *
   * @throws PositionLostError
   */
  async look({ history, cut }: Position): Promise<Look> {
    const values = [...parametersOf(cut), pageSize + 1];
    const rows = await this.#db.read<StateColumns & EventColumns>(look, values);
    const state = requireKept({ history, from: cut }, rows[0]);
    const found = rows.flatMap(toEvent).toSorted((one, other) => (one.id < other.id ? -1 : 1));
    // What was read of too much is no moment.
    if (found.length > pageSize) return { events: [], position: await this.end(), more: true };
    const latest = found.reduce((latest, { xid }) => (xid > latest ? xid : latest), cut.end - 1n);
    const stretch = { history, from: cut, to: cutBehind(latest, runningOf(state)) };
    return { events: place(stretch, found, found.at(-1)?.id), position: { history, cut: stretch.to }, more: false };
  }

  /**
   * What there is from a position to a later cut, a page at a time. The stretch that the position lies in is finished
   * first.
   *
   * @throws PositionLostError, also in the middle: what is read slowly may be removed meanwhile
   */
  async *range(from: Position, to: Position): AsyncGenerator<readonly PlacedEvent[], void> {
    const { history, cut, within } = from;
    if (history !== to.history) throw new PositionLostError("history-changed");
    if (!covers(to.cut, within?.to ?? cut)) throw new PositionLostError("cursor-unknown");
    if (within !== undefined) yield* this.#stretch({ history, from: cut, to: within.to }, within.after);
    yield* this.#stretch({ history, from: within?.to ?? cut, to: to.cut }, 0n);
  }

  async *#stretch(stretch: Stretch, after: bigint): AsyncGenerator<readonly PlacedEvent[], void> {
    const edges = [...parametersOf(stretch.from), ...parametersOf(stretch.to)];
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
      if (events.length > 0) yield place(stretch, events, last);
      seen = events.at(-1)?.id ?? last;
    }
  }
}

function place(stretch: Stretch, events: readonly RecordedEvent[], last: bigint | undefined): readonly PlacedEvent[] {
  return events.map((event) => ({ event, position: positionAt(stretch, event.id, event.id === last) }));
}

/** What was read along with the events: so no event was removed between the two. */
function requireKept({ history, from }: Omit<Stretch, "to">, row: StateColumns | undefined): StateColumns {
  if (row === undefined) throw new Error("a LEFT JOIN of one row returned none");
  if (row.history !== history) throw new PositionLostError("history-changed");
  if (!covers(from, floorOf(row))) throw new PositionLostError("cursor-too-old");
  return row;
}

/** The moment of which everything may have been removed. */
function floorOf({ history, floor_history, floor_end, floor_running }: StateColumns): Cut {
  if (history !== floor_history) return { end: 0n, running: [] };
  return { end: BigInt(floor_end), running: floor_running.map(BigInt) };
}

function runningOf({ running }: StateColumns): readonly bigint[] {
  return running.map(BigInt);
}

function parametersOf({ end, running }: Cut): readonly [string, readonly string[]] {
  return [String(end), running.map(String)];
}

function toEvent(row: EventColumns): readonly RecordedEvent[] {
  if (row.id === null) return [];
  const { type, subject_id: subjectId, version, at, data, age } = row;
  const numbers = { id: BigInt(row.id), xid: BigInt(row.xid) };
  return [{ ...numbers, type: type as EventType, kind: kindOf(type), subjectId, version, at, data, age }];
}
