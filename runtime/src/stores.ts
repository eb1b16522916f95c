import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import { type OpenCache, openCache } from "./cache/open.ts";
import type { Configuration, cacheVariables, postgresVariables, redisVariables } from "./kit/config.ts";
import type { Logger } from "./kit/log.ts";
import { createPoolGauge } from "./kit/pool-metrics.ts";
import { Postgres, type PostgresSettings } from "./kit/stores/postgres.ts";
import { connectRedis } from "./kit/stores/redis.ts";

/** How a service reaches PostgreSQL; `applicationName` is shown in pg_stat_activity. */
export function postgresSettings(
  config: Configuration<typeof postgresVariables>,
  applicationName: string,
): Omit<PostgresSettings, "maximum"> {
  return {
    host: config.DB_HOST,
    port: config.DB_PORT,
    user: config.DB_USER,
    password: config.DB_PASSWORD,
    database: config.DB_NAME,
    applicationName,
  };
}

export interface Stores extends OpenCache {
  readonly db: Postgres;
  /** Health checks and the cache's agreement must not wait behind requests. */
  readonly controlDb: Postgres;
  readonly redis: Redis;
}

export interface StoresOptions {
  /** Name of the service, as the stores list their clients. */
  readonly name: string;
  readonly config: Configuration<typeof postgresVariables & typeof redisVariables & typeof cacheVariables>;
  /** Connections to PostgreSQL for requests or tasks. */
  readonly connections: number;
  readonly registry: Registry;
  readonly log: Logger;
}

/** The database and the cache as a service uses them. Nothing is connected yet, and nothing fails for want of them. */
export function openStores({ name, config, connections, registry, log }: StoresOptions): Stores {
  const postgres = postgresSettings(config, name);
  const db = new Postgres({ ...postgres, maximum: connections }, log);
  const controlDb = new Postgres({ ...postgres, maximum: 2 }, log);
  createPoolGauge(registry, db);
  const redis = connectRedis(
    { ...config.REDIS_ADDRESS, password: config.REDIS_PASSWORD, database: config.REDIS_DB, connectionName: name },
    log,
  );
  const limits = {
    maxEntries: config.CACHE_MAX_ENTRIES,
    newEntryTtl: config.CACHE_NEW_ENTRY_TTL,
    updatedEntryTtl: config.CACHE_UPDATED_ENTRY_TTL,
  };
  return { db, controlDb, redis, ...openCache({ redis, db: controlDb, limits, registry, log }) };
}
