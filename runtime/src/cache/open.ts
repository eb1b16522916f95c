import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import type { Logger } from "../kit/log.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import { readRunId } from "../kit/stores/redis.ts";
import { ProfileCache } from "./cache.ts";
import { MemoryStore } from "./memory.ts";
import { createCacheMetrics } from "./metrics.ts";
import { RedisStore } from "./redis.ts";
import type { CacheLimits } from "./store.ts";
import { CacheTrust } from "./trust.ts";
import { TrustTable } from "./trust-table.ts";

export interface OpenCacheOptions {
  readonly redis: Redis;
  /** A pool of its own: agreement must not wait behind requests. */
  readonly db: Postgres;
  readonly limits: CacheLimits;
  readonly registry: Registry;
  readonly log: Logger;
}

export interface OpenCache {
  readonly cache: ProfileCache;
  readonly trust: CacheTrust;
}

/** The cache as services use it. The trust is to be started once the schema is there. */
export function openCache({ redis, db, limits, registry, log }: OpenCacheOptions): OpenCache {
  const now = (): number => performance.now();
  const trust = new CacheTrust({
    table: new TrustTable(db),
    redis: { runId: () => readRunId(redis) },
    log,
    now,
    sleep: (milliseconds) => sleep(milliseconds),
  });
  redis.on("close", () => trust.doubt());
  redis.on("ready", () => void trust.look());
  const cache: ProfileCache = new ProfileCache({
    shared: new RedisStore(redis, limits),
    local: new MemoryStore(limits, now),
    trust,
    metrics: createCacheMetrics(registry, () => cache.size(), limits.maxEntries),
    log,
    now,
  });
  return { cache, trust };
}
