import type { Profile } from "../profiles/profile.ts";
import {
  type CacheLimits,
  type CacheStore,
  deletedFloor,
  type FenceEnd,
  fenceLife,
  OutdatedEpochError,
  type Stored,
  type WriteEffect,
} from "./store.ts";

interface Entry {
  readonly profile: Profile;
  readonly place: number;
  readonly expiresAt: number;
}

interface Writer {
  readonly token: string;
  /** When it is taken to have died. */
  readonly until: number;
}

interface Fence {
  writers: readonly Writer[];
  floor: number;
  /** The place that the entry had when it was taken out. */
  place: number | undefined;
  expiresAt: number;
}

/** The store within this process. Single-threaded code between two awaits is what makes each operation atomic. */
export class MemoryStore implements CacheStore {
  readonly #limits: CacheLimits;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  /**
   * In the order in which they fall, as each that is touched goes to the end: there is one for every profile that was
   * written within a fence's life, and to look through all of them with each write would make writes the slower the
   * more of them there are.
   */
  readonly #fences = new Map<string, Fence>();
  /** No entry expires before. */
  #nextExpiry = Number.POSITIVE_INFINITY;
  #epoch = 0;
  #lastPlace = 0;

  /** @param now milliseconds on a clock that never goes back */
  constructor(limits: CacheLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  async get(epoch: number, id: string): Promise<Profile | undefined> {
    this.#enter(epoch);
    this.#dropExpired();
    return this.#entries.get(id)?.profile;
  }

  async fill(epoch: number, profile: Profile): Promise<Stored> {
    this.#dropExpired();
    const { id, version } = profile;
    const fence = this.#fenceOf(id);
    const fenced = fence !== undefined && (fence.writers.length > 0 || fence.floor > version);
    if (epoch !== this.#epoch || fenced || this.#entries.has(id)) return this.#stored([]);
    this.#lastPlace += 1;
    this.#put(profile, this.#lastPlace, this.#limits.newEntryTtl);
    return this.#stored(this.#evict());
  }

  async beginWrite(epoch: number, id: string, token: string): Promise<void> {
    this.#enter(epoch);
    this.#dropExpired();
    const fence = this.#fenceOf(id) ?? { writers: [], floor: 0, place: undefined, expiresAt: 0 };
    fence.writers = [...fence.writers, { token, until: this.#now() + fenceLife }];
    fence.place = this.#entries.get(id)?.place ?? fence.place;
    this.#keepUp(id, fence);
    this.#entries.delete(id);
  }

  async endWrite(epoch: number | undefined, id: string, token: string, effect: WriteEffect): Promise<FenceEnd> {
    this.#dropExpired();
    const fence = this.#fenceOf(id);
    if (fence === undefined) return { stood: false, ...this.#stored([]) };
    const others = fence.writers.filter((writer) => writer.token !== token);
    const stood = others.length < fence.writers.length;
    fence.writers = others;
    fence.floor = Math.max(fence.floor, floorAfter(effect));
    this.#keepUp(id, fence);
    if (others.length > 0) return { stood, ...this.#stored([]) };
    const { place } = fence;
    fence.place = undefined;
    const current = effect.kind === "updated" && effect.profile.version >= fence.floor;
    if (!current || !stood || epoch !== this.#epoch || place === undefined) return { stood, ...this.#stored([]) };
    this.#put(effect.profile, place, this.#limits.updatedEntryTtl);
    return { stood, ...this.#stored(this.#evict()) };
  }

  async size(): Promise<number> {
    this.#dropExpired();
    return this.#entries.size;
  }

  #enter(epoch: number): void {
    if (epoch < this.#epoch) throw new OutdatedEpochError(this.#epoch);
    if (epoch > this.#epoch) this.#forgetAll();
    this.#epoch = epoch;
  }

  /** Empties the store; places of entries that are being written are forgotten with it. */
  #forgetAll(): void {
    this.#entries.clear();
    for (const fence of this.#fences.values()) fence.place = undefined;
  }

  #put(profile: Profile, place: number, ttl: number): void {
    const expiresAt = this.#now() + ttl;
    this.#entries.set(profile.id, { profile, place, expiresAt });
    this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
  }

  /** The fence of a profile, without writers that have died. */
  #fenceOf(id: string): Fence | undefined {
    const fence = this.#fences.get(id);
    const now = this.#now();
    if (fence?.writers.some(({ until }) => until <= now) === true) {
      fence.writers = fence.writers.filter(({ until }) => until > now);
    }
    return fence;
  }

  /** Has a fence stand for its life from now on. */
  #keepUp(id: string, fence: Fence): void {
    fence.expiresAt = this.#now() + fenceLife;
    this.#fences.delete(id);
    this.#fences.set(id, fence);
  }

  #evict(): readonly string[] {
    const evicted: string[] = [];
    while (this.#entries.size > this.#limits.maxEntries) {
      const [oldest] = [...this.#entries].reduce((a, b) => (a[1].place < b[1].place ? a : b));
      this.#entries.delete(oldest);
      evicted.push(oldest);
    }
    return evicted;
  }

  #dropExpired(): void {
    const now = this.#now();
    for (const [id, { expiresAt }] of this.#fences) {
      if (expiresAt > now) break;
      this.#fences.delete(id);
    }
    if (now < this.#nextExpiry) return;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const [id, { expiresAt }] of this.#entries) {
      if (expiresAt <= now) this.#entries.delete(id);
      else this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
    }
  }

  #stored(evicted: readonly string[]): Stored {
    return { evicted, size: this.#entries.size };
  }
}

export function floorAfter(effect: WriteEffect): number {
  if (effect.kind === "updated") return effect.profile.version;
  return effect.kind === "deleted" ? deletedFloor : 0;
}
