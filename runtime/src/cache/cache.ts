import { randomUUID } from "node:crypto";
import { NotAttemptedError, toError, UnavailableError } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { SingleFlight } from "../kit/single-flight.ts";
import type { Profile } from "../profiles/profile.ts";
import type { CacheMetrics, CacheOperation } from "./metrics.ts";
import { type CacheStore, longestFill, OutdatedEpochError, type Stored, type WriteEffect } from "./store.ts";
import type { CacheTrust } from "./trust.ts";

export type Source = "cache" | "database";

export interface Found {
  readonly profile: Profile;
  readonly source: Source;
}

/** Where profiles come from when the cache has none. */
export interface Origin {
  load(id: string): Promise<Profile | undefined>;
  /** The current version, for the price of an index lookup; undefined when there is no such profile. */
  currentVersion(id: string): Promise<number | undefined>;
}

export interface Written<T> {
  readonly effect: WriteEffect;
  readonly result: T;
}

export interface CacheOptions {
  /** Shared by all replicas; used while it can be believed. */
  readonly shared: CacheStore;
  /** This process's own; used otherwise, and believed only of versions that the database confirms. */
  readonly local: CacheStore;
  readonly trust: Pick<CacheTrust, "believable" | "reachable" | "doubt" | "catchUp" | "settle">;
  readonly metrics: CacheMetrics;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** The local store has one user and so needs no epochs. */
const localEpoch = 1;
const refresh = "refresh";

/**
 * The cache in front of the profiles' table. A read returns what the last acknowledged write left, whichever replica
 * took the write, and whatever became of Redis meanwhile.
 */
export class ProfileCache {
  readonly #options: CacheOptions;
  readonly #loads = new SingleFlight<string, Profile | undefined>();
  readonly #versions = new SingleFlight<string, number | undefined>();

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  /**
   * Reads through the cache. Failures of the cache are counted and cost a read of the database, nothing more. Of each
   * profile that is not cached, the database is asked once at a time, however many ask for it.
   */
  async read(id: string, origin: Origin): Promise<Found | undefined> {
    const { metrics, now } = this.#options;
    const epoch = this.#options.trust.believable();
    const startedAt = now();
    const cached = epoch === undefined ? await this.#readLocal(id, origin) : await this.#get(epoch, id);
    if (cached !== undefined) {
      metrics.hit();
      metrics.reads.cache.observe((now() - startedAt) / 1_000);
      return { profile: cached, source: "cache" };
    }
    metrics.miss();
    const profile = await this.#loads.run(id, () => this.#load(epoch, id, origin));
    metrics.reads.database.observe((now() - startedAt) / 1_000);
    return profile === undefined ? undefined : { profile, source: "database" };
  }

  /**
   * Carries out a write and returns once no replica can read what was there before. `commit` must have committed when
   * it resolves, and may throw a NotAttemptedError only if it has committed nothing.
   *
   * @throws what `commit` throws; UnavailableError when the write is done but older copies may linger
   */
  async write<T>(id: string, commit: () => Promise<Written<T>>): Promise<T> {
    const token = randomUUID();
    const believed = this.#options.trust.believable();
    const fenced = await this.#beginWrite(id, token);
    let written: Written<T>;
    try {
      written = await commit();
    } catch (thrown) {
      await this.#abandon(id, token, fenced, thrown);
      throw thrown;
    }
    const stood = await this.#endWrite(believed, id, token, fenced, written.effect);
    const settled = stood && this.#options.trust.believable() !== undefined;
    if (!settled && written.effect.kind !== "none") await this.#options.trust.settle(stood);
    return written.result;
  }

  /** Unexpired entries in the store in use; those of the local one when Redis does not answer. */
  async size(): Promise<number> {
    const { shared, local, trust } = this.#options;
    if (trust.believable() === undefined) return local.size();
    return shared.size().catch(() => local.size());
  }

  async #readLocal(id: string, origin: Origin): Promise<Profile | undefined> {
    const profile = await this.#options.local.get(localEpoch, id);
    if (profile === undefined) return undefined;
    const current = await this.#versions.run(id, () => origin.currentVersion(id));
    return current === profile.version ? profile : undefined;
  }

  /** Reads from the database, and offers that to the cache. */
  async #load(epoch: number | undefined, id: string, origin: Origin): Promise<Profile | undefined> {
    const { now } = this.#options;
    const startedAt = now();
    const profile = await origin.load(id);
    if (profile !== undefined && now() - startedAt < longestFill) await this.#fill(epoch, profile);
    return profile;
  }

  async #get(epoch: number, id: string): Promise<Profile | undefined> {
    return this.#attempt("get", () => this.#options.shared.get(epoch, id));
  }

  async #fill(epoch: number | undefined, profile: Profile): Promise<void> {
    const { shared, local } = this.#options;
    if (epoch === undefined) {
      // An entry whose version the database no longer confirms is brought up to date in its place.
      await local.beginWrite(localEpoch, profile.id, refresh);
      await local.endWrite(localEpoch, profile.id, refresh, { kind: "updated", profile });
      this.#count(await local.fill(localEpoch, profile));
      return;
    }
    const stored = await this.#attempt("fill", () => shared.fill(epoch, profile));
    if (stored !== undefined) this.#count(stored);
  }

  /** @returns whether the shared store is fenced */
  async #beginWrite(id: string, token: string): Promise<boolean> {
    const { shared, local, trust } = this.#options;
    await local.beginWrite(localEpoch, id, token);
    for (const retry of [true, false]) {
      const epoch = trust.reachable();
      if (epoch === undefined) return false;
      const begun = await this.#attempt("begin_write", async () => {
        await shared.beginWrite(epoch, id, token);
        return true;
      });
      if (begun !== undefined) return true;
      if (!retry || trust.reachable() === undefined) return false;
    }
    return false;
  }

  /** @returns whether the fence stood until the write was done */
  async #endWrite(
    epoch: number | undefined,
    id: string,
    token: string,
    fenced: boolean,
    effect: WriteEffect,
  ): Promise<boolean> {
    const { shared, local } = this.#options;
    this.#count(await local.endWrite(localEpoch, id, token, effect));
    if (!fenced) return false;
    const ended = await this.#attempt("end_write", () => shared.endWrite(epoch, id, token, effect));
    if (ended === undefined) return false;
    this.#count(ended);
    return ended.stood;
  }

  /**
   * After a commit whose outcome is unknown the fence is left to expire, and where there is none, distrust declared.
   * One that was not even attempted is known to have changed nothing, and must cost its caller no time.
   */
  async #abandon(id: string, token: string, fenced: boolean, thrown: unknown): Promise<void> {
    const unknown = thrown instanceof UnavailableError && !(thrown instanceof NotAttemptedError);
    if (!unknown) await this.#endWrite(undefined, id, token, fenced, { kind: "none" });
    else if (!fenced) await this.#options.trust.settle().catch(() => undefined);
  }

  async #attempt<T>(operation: CacheOperation, run: () => Promise<T>): Promise<T | undefined> {
    const { metrics, trust, log } = this.#options;
    const end = metrics.latency.startTimer({ operation });
    try {
      const answer = await run();
      log.debug({ operation, ms: Math.round(end() * 10_000) / 10 }, "a cache operation");
      return answer;
    } catch (thrown) {
      end();
      if (thrown instanceof OutdatedEpochError) {
        await trust.catchUp(thrown.latest).catch(() => undefined);
      } else {
        metrics.errors.inc();
        log.debug({ operation, err: toError(thrown) }, "a cache operation failed");
        trust.doubt();
      }
      return undefined;
    }
  }

  #count({ evicted, size }: Stored): void {
    if (evicted.length === 0) return;
    const { metrics, log } = this.#options;
    metrics.evictions.inc(evicted.length);
    log.debug({ evicted, size }, "the oldest entries of the cache made room");
  }
}
