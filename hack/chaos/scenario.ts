import type { Field } from "./field.ts";
import type { Members } from "./members.ts";

/** What has to hold, beside what always does: no acknowledged write lost, never two primaries. */
export interface Limits {
  /** For the median of the rounds, of the longest time without an acknowledged write. */
  readonly medianGapMs?: number;
  /** For each round, of the same. */
  readonly worstGapMs?: number;
  /** For each round, from the fault, or from its end, to every replica streaming. */
  readonly redundancyMs?: number;
  /** No other member may become the primary. */
  readonly keepsPrimary?: true;
}

/** A fault that lasts until it is undone. */
export interface Lasting {
  /** Resolves when it has lasted long enough. */
  readonly lasted: () => Promise<void>;
  /** Called whatever has happened meanwhile. */
  readonly undo: () => Promise<void>;
}

/** Something that goes wrong. */
export interface Scenario {
  readonly name: string;
  /** What is done, as part of a sentence. */
  readonly what: string;
  readonly limits: Limits;
  /** Brings about, on a database that is whole, what the fault needs. */
  readonly prepare?: (field: Field, members: Members) => Promise<void>;
  /** Makes the fault. Without a result there is nothing to undo, and redundancy counts from here. */
  readonly strike: (field: Field, members: Members) => Promise<Lasting | undefined>;
}
