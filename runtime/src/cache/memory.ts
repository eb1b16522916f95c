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

interface Fence {
  readonly writers: Map<string, number>;
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
  readonly #fences = new Map<string, Fence>();
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
    const fence = this.#fences.get(id);
    const fenced = fence !== undefined && (fence.writers.size > 0 || fence.floor > version);
    if (epoch !== this.#epoch || fenced || this.#entries.has(id)) return this.#stored(0);
    this.#lastPlace += 1;
    this.#put(profile, this.#lastPlace, this.#limits.newEntryTtl);
    return this.#stored(this.#evict());
  }

  async beginWrite(epoch: number, id: string, token: string): Promise<void> {
    this.#enter(epoch);
    this.#dropExpired();
    const fence = this.#fences.get(id) ?? { writers: new Map(), floor: 0, place: undefined, expiresAt: 0 };
    fence.writers.set(token, this.#now() + fenceLife);
    fence.expiresAt = this.#now() + fenceLife;
    fence.place = this.#entries.get(id)?.place ?? fence.place;
    this.#fences.set(id, fence);
    this.#entries.delete(id);
  }

  async endWrite(epoch: number | undefined, id: string, token: string, effect: WriteEffect): Promise<FenceEnd> {
    this.#dropExpired();
    const fence = this.#fences.get(id);
    if (fence === undefined) return { stood: false, ...this.#stored(0) };
    const stood = fence.writers.delete(token);
    fence.expiresAt = this.#now() + fenceLife;
    fence.floor = Math.max(fence.floor, floorAfter(effect));
    if (fence.writers.size > 0) return { stood, ...this.#stored(0) };
    const { place } = fence;
    fence.place = undefined;
    const current = effect.kind === "updated" && effect.profile.version >= fence.floor;
    if (!current || !stood || epoch !== this.#epoch || place === undefined) return { stood, ...this.#stored(0) };
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
    this.#entries.set(profile.id, { profile, place, expiresAt: this.#now() + ttl });
  }

  #evict(): number {
    let evicted = 0;
    while (this.#entries.size > this.#limits.maxEntries) {
      const [oldest] = [...this.#entries].reduce((a, b) => (a[1].place < b[1].place ? a : b));
      this.#entries.delete(oldest);
      evicted += 1;
    }
    return evicted;
  }

  #dropExpired(): void {
    const now = this.#now();
    for (const [id, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#entries.delete(id);
    for (const [id, fence] of this.#fences) {
      if (fence.expiresAt <= now) this.#fences.delete(id);
      for (const [token, until] of fence.writers) if (until <= now) fence.writers.delete(token);
    }
  }

  #stored(evicted: number): Stored {
    return { evicted, size: this.#entries.size };
  }
}

export function floorAfter(effect: WriteEffect): number {
  if (effect.kind === "updated") return effect.profile.version;
  return effect.kind === "deleted" ? deletedFloor : 0;
}
