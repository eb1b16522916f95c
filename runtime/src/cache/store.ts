import type { Profile } from "../profiles/profile.ts";

export interface CacheLimits {
  /** Unexpired entries at most. */
  readonly maxEntries: number;
  /** Milliseconds for which an entry read from the database is kept. */
  readonly newEntryTtl: number;
  /** Milliseconds for which an entry is kept after an update of its profile. */
  readonly updatedEntryTtl: number;
}

/** What a write did to a profile. */
export type WriteEffect =
  | { readonly kind: "updated"; readonly profile: Profile }
  | { readonly kind: "deleted" }
  | { readonly kind: "none" };

export interface Stored {
  /** Ids of the entries that were pushed out. */
  readonly evicted: readonly string[];
  /** Unexpired entries now held. */
  readonly size: number;
}

export interface FenceEnd extends Stored {
  /** Whether the fence had stood, unbroken, since beginWrite: no older version can have got in meanwhile. */
  readonly stood: boolean;
}

/**
 * A first-in, first-out store of profiles. Each operation is atomic.
 *
 * - An entry's place is that of its first insertion; an update keeps it. Expired entries do not count.
 * - A write is fenced: from beginWrite to endWrite, and for the fence's life should the writer die, the profile is
 *   neither found nor filled. Afterwards no version older than the written one is accepted, for as long as a reader
 *   may still hold one.
 * - Every call carries an epoch. The first call with a later epoch empties the store; calls with an earlier one are
 *   refused with OutdatedEpochError, or, where they would only have stored something, store nothing.
 */
export interface CacheStore {
  get(epoch: number, id: string): Promise<Profile | undefined>;
  /** Offers what was read from the database after a miss under that epoch. */
  fill(epoch: number, profile: Profile): Promise<Stored>;
  beginWrite(epoch: number, id: string, token: string): Promise<void>;
  /** @param epoch that of beginWrite if the store was to be believed then, else undefined: nothing is stored */
  endWrite(epoch: number | undefined, id: string, token: string, effect: WriteEffect): Promise<FenceEnd>;
  size(): Promise<number>;
}

export class OutdatedEpochError extends Error {
  override readonly name = "OutdatedEpochError";
  readonly latest: number;

  constructor(latest: number) {
    super(`the cache has moved on to epoch ${latest}`);
    this.latest = latest;
  }
}

/** Milliseconds. */
export const fenceLife = 60_000;

/** Milliseconds after which a reader no longer offers what it read. Well within a fence's life. */
export const longestFill = 30_000;

/** The version floor of a deleted profile: no version reaches it, and ids are never used again. */
export const deletedFloor = Number.MAX_SAFE_INTEGER;
