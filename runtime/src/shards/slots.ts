/**
 * Profiles are shared out among databases by slots: the first ten bits of an id are its slot, and each slot is in one
 * database. Ids are drawn by chance, so slots are of the same size. And as a slot is a stretch of ids, its profiles are
 * found by the primary key, and moving one to another database touches nothing else. Which database has which slots is
 * said by the databases alone, each of itself: what is moved together with the profiles cannot differ from where they
 * are.
 */
export const slotCount = 1_024;

/** @param profileId a UUID as PostgreSQL writes it; `slot_of` of migration 0011 says the same */
export function slotOf(profileId: string): number {
  return Number.parseInt(profileId.slice(0, 3), 16) >> 2;
}

/** The first and the last id that a slot can have. */
export function idsOf(slot: number): readonly [string, string] {
  const start = (slot << 2).toString(16).padStart(3, "0");
  const end = ((slot << 2) | 3).toString(16).padStart(3, "0");
  return [uuidOf(start.padEnd(32, "0")), uuidOf(end.padEnd(32, "f"))];
}

function uuidOf(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Slots from the first up to, and without, the second. */
export type SlotRange = readonly [number, number];

/** Reads slots as PostgreSQL writes them: `{[0,512),[600,601)}`. */
export function parseSlots(text: string): readonly SlotRange[] {
  return [...text.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, to]) => [Number(from), Number(to)]);
}

/** Whether every slot is in one of the ranges, and none is in two of them. */
export function isComplete(ranges: readonly SlotRange[]): boolean {
  let next = 0;
  for (const [from, to] of ranges.toSorted(([one], [other]) => one - other)) {
    if (from !== next) return false;
    next = to;
  }
  return next === slotCount;
}

export interface SlotMove {
  readonly slot: number;
  /** Numbers of databases. */
  readonly from: number;
  readonly to: number;
}

/**
 * The moves after which each of the databases has as many slots as the others, give or take one. Nothing is moved home:
 * home is where everything was in the beginning, and it only ever has too many.
 *
 * @param owners which database has each slot
 * @param databases how many there are, two at least
 */
export function balancingMoves(owners: readonly number[], databases: number): readonly SlotMove[] {
  const slots = Array.from({ length: databases }, (_, database) =>
    owners.flatMap((owner, slot) => (owner === database ? [slot] : [])),
  );
  const moves: SlotMove[] = [];
  for (;;) {
    const sizes = slots.map(({ length }) => length);
    const from = sizes.indexOf(Math.max(...sizes));
    const to = sizes.lastIndexOf(Math.min(...sizes.slice(1)));
    const slot = slots[from]?.at(-1);
    if (slot === undefined || (sizes[from] ?? 0) - (sizes[to] ?? 0) < 2) return moves;
    slots[from]?.pop();
    slots[to]?.push(slot);
    moves.push({ slot, from, to });
  }
}
