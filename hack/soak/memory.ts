/** What a process used at one time, in MiB. */
export interface MemorySample {
  readonly resident: number;
  /** Of the heap, with what nothing refers to any more and the collector has not come to. */
  readonly heap: number;
}

/** What a process used over time, in whole MiB. */
export interface UsedMemory {
  /** Resident, at the first and the last measurement, and the most of all. */
  readonly start: number;
  readonly end: number;
  readonly most: number;
  /** The least of the heap in the first fifth of the time, and in the last: what is kept, less what is about to go. */
  readonly heapKept: { readonly first: number; readonly last: number };
}

const PARTS = 5;

export function summarizeMemory(samples: readonly MemorySample[]): UsedMemory {
  const resident = samples.map((sample) => Math.round(sample.resident));
  const length = Math.max(1, Math.floor(samples.length / PARTS));
  const least = (some: readonly MemorySample[]): number =>
    some.length === 0 ? 0 : Math.round(Math.min(...some.map(({ heap }) => heap)));
  return {
    start: resident[0] ?? 0,
    end: resident.at(-1) ?? 0,
    most: Math.max(0, ...resident),
    heapKept: { first: least(samples.slice(0, length)), last: least(samples.slice(-length)) },
  };
}
