/**
 * How far somebody has read the record of events: all events of transactions below `low`, and of those from `low` to
 * below `high` the ones whose id is `after` at the most.
 *
 * Why it takes three numbers: neither ids nor transactions are committed in the order of their numbers. A reader goes
 * up to a horizon below which every transaction has ended, and gives what it found there in the order of ids, which
 * within one thing is that of its versions: of two transactions with the same row, the later one drew its id while it
 * had the row, but may have begun, and got its number, first. Horizons depend on the moment of reading. So a position
 * says which stretch it lies in, and the stretch can be finished by any server, with none lost and none twice.
 */
export interface Position {
  /** Whose transactions are counted: see `history` in record.ts. */
  readonly history: string;
  readonly low: bigint;
  /** The same as `low` between two stretches. */
  readonly high: bigint;
  /** 0 between two stretches. */
  readonly after: bigint;
}

/** Between two stretches: all of the transactions below have been read. */
export function boundary(history: string, xid: bigint): Position {
  return { history, low: xid, high: xid, after: 0n };
}

export function isBoundary({ low, high }: Position): boolean {
  return low === high;
}

/** A stretch of the record, by transactions: from the first to below the second. */
export interface Stretch {
  readonly history: string;
  readonly low: bigint;
  readonly high: bigint;
}

/** Where somebody stands who has read a stretch up to an event, the last one of it or not. */
export function positionAt({ history, low, high }: Stretch, id: bigint, isLast: boolean): Position {
  return isLast ? boundary(history, high) : { history, low, high, after: id };
}
