import type { Redis } from "ioredis";
import { runScript } from "../kit/stores/redis-spans.ts";
import type { Profile } from "../profiles/profile.ts";
import { floorAfter } from "./memory.ts";
import { beginWriteScript, endWriteScript, fillScript, getScript, sizeScript } from "./redis-functions.ts";
import {
  type CacheLimits,
  type CacheStore,
  type FenceEnd,
  fenceLife,
  OutdatedEpochError,
  type Stored,
  type WriteEffect,
} from "./store.ts";

/** One hash tag, so that a Redis Cluster keeps the keys of a script together. */
const keyPrefix = "{profile-cache}:";

type Argument = string | number;

/** The store that all replicas share. */
export class RedisStore implements CacheStore {
  readonly #redis: Redis;
  readonly #limits: CacheLimits;

  constructor(redis: Redis, limits: CacheLimits) {
    this.#redis = redis;
    this.#limits = limits;
    for (const [name, lua] of Object.entries(scripts)) redis.defineCommand(name, { numberOfKeys: 5, lua });
  }

  async get(epoch: number, id: string): Promise<Profile | undefined> {
    const value = answered(await this.#run("profileCacheGet", id, [epoch, id]));
    return typeof value === "string" ? toProfile(value) : undefined;
  }

  async fill(epoch: number, profile: Profile): Promise<Stored> {
    const { newEntryTtl, maxEntries } = this.#limits;
    const { id, version } = profile;
    const values = [epoch, id, version, JSON.stringify(profile), newEntryTtl, maxEntries];
    return toStored(await this.#run("profileCacheFill", id, values));
  }

  async beginWrite(epoch: number, id: string, token: string): Promise<void> {
    answered(await this.#run("profileCacheBeginWrite", id, [epoch, id, token, fenceLife]));
  }

  async endWrite(epoch: number | undefined, id: string, token: string, effect: WriteEffect): Promise<FenceEnd> {
    const { updatedEntryTtl, maxEntries } = this.#limits;
    const value = effect.kind === "updated" ? JSON.stringify(effect.profile) : "";
    const values = [epoch ?? "", id, token, fenceLife, floorAfter(effect), value, updatedEntryTtl, maxEntries];
    const reply = await this.#run("profileCacheEndWrite", id, values);
    return { stood: listOf(reply)[2] === 1, ...toStored(reply) };
  }

  async size(): Promise<number> {
    return Number(await this.#run("profileCacheSize", "", []));
  }

  async #run(script: keyof typeof scripts, id: string, values: readonly Argument[]): Promise<unknown> {
    const keys = ["meta", "data", "order", "expiry", `fence:${id}`].map((key) => keyPrefix + key);
    return runScript(this.#redis, script, [...keys, ...values]);
  }
}

/** An entry of the release before images does not say which ones the profile has: it counts as none. */
function toProfile(text: string): Profile | undefined {
  const profile = JSON.parse(text) as Omit<Profile, "images"> & Partial<Pick<Profile, "images">>;
  return profile.images === undefined ? undefined : { ...profile, images: profile.images };
}

const scripts = {
  profileCacheGet: getScript,
  profileCacheFill: fillScript,
  profileCacheBeginWrite: beginWriteScript,
  profileCacheEndWrite: endWriteScript,
  profileCacheSize: sizeScript,
} as const;

function answered(reply: unknown): unknown {
  const [status, value] = listOf(reply);
  if (status === "outdated") throw new OutdatedEpochError(Number(value));
  return value;
}

function toStored(reply: unknown): Stored {
  const [evicted, size] = listOf(reply);
  return { evicted: listOf(evicted).map(String), size: Number(size) };
}

function listOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? (reply as readonly unknown[]) : [];
}
