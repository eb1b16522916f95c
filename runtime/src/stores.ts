import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import { type OpenCache, openCache } from "./cache/open.ts";
import { sidePools } from "./connections.ts";
import type { Breaker } from "./kit/breaker.ts";
import type { Breakers } from "./kit/breakers.ts";
import type { Configuration, cacheVariables, redisVariables } from "./kit/config.ts";
import { UnavailableError } from "./kit/errors.ts";
import type { Logger } from "./kit/log.ts";
import { createPoolGauge } from "./kit/pool-metrics.ts";
import { clientSettings, type Postgres, type PostgresSettings } from "./kit/stores/postgres.ts";
import type { QueryMetrics } from "./kit/stores/postgres-metrics.ts";
import { openPostgresPools } from "./kit/stores/postgres-pools.ts";
import { probePostgres } from "./kit/stores/postgres-probe.ts";
import { connectRedis, type RedisSettings } from "./kit/stores/redis.ts";
import type { ShardConfiguration } from "./shards/config.ts";

/**
 * How a service reaches PostgreSQL, and that of several databases which is home; `applicationName` is shown in
 * pg_stat_activity, and says whether the service knows of several.
 */
export function postgresSettings(
  config: ShardConfiguration,
  applicationName: string,
): Omit<PostgresSettings, "maximum"> {
  return {
    host: config.DB_HOST,
    port: config.DB_PORT,
    user: config.DB_USER,
    password: config.DB_PASSWORD,
    database: config.DB_NAME,
    applicationName: config.DB_SHARDS === undefined ? applicationName : `${applicationName} (shards)`,
  };
}

/** How a service reaches Redis; `connectionName` is shown by CLIENT LIST. */
export function redisSettings(
  config: Configuration<typeof redisVariables>,
  connectionName: string,
): Omit<RedisSettings, "commandTimeout"> {
  const sentinels = config.REDIS_SENTINELS;
  return {
    address: sentinels === undefined ? config.REDIS_ADDRESS : { sentinels, masterName: config.REDIS_SENTINEL_NAME },
    password: config.REDIS_PASSWORD,
    database: config.REDIS_DB,
    connectionName,
  };
}

export interface Stores extends OpenCache {
  readonly db: Postgres;
  /** Health checks and the cache's agreement must not wait behind requests, nor for the breaker that they inform. */
  readonly controlDb: Postgres;
  /** Of PostgreSQL: for each pool whose users are rather refused than kept waiting. */
  readonly breaker: Breaker;
  readonly redis: Redis;
}

export interface StoresOptions {
  /** Name of the service, as the stores list their clients. */
  readonly name: string;
  readonly config: ShardConfiguration & Configuration<typeof redisVariables & typeof cacheVariables>;
  /** Connections to PostgreSQL for requests or tasks. */
  readonly connections: number;
  readonly breakers: Breakers;
  readonly registry: Registry;
  readonly queries: QueryMetrics;
  readonly log: Logger;
}

/** The database and the cache as a service uses them. Nothing is connected yet, and nothing fails for want of them. */
export function openStores(options: StoresOptions): Stores {
  const { name, config, connections, breakers, registry, queries, log } = options;
  const postgres = postgresSettings(config, name);
  const {
    breaker,
    pool: db,
    control: controlDb,
  } = openPostgresPools({
    settings: { ...postgres, maximum: connections },
    controlConnections: sidePools.checks,
    breakers,
    circuit: {
      name: "postgresql",
      probe: () => probePostgres(clientSettings(postgres)),
      isFailure: saysPostgresIsAway,
    },
    log,
    queries,
    name: "main",
  });
  createPoolGauge(registry, db);
  const redis = connectRedis({ ...redisSettings(config, name), commandTimeout: config.CACHE_REDIS_TIMEOUT }, log);
  const limits = {
    maxEntries: config.CACHE_MAX_ENTRIES,
    newEntryTtl: config.CACHE_NEW_ENTRY_TTL,
    updatedEntryTtl: config.CACHE_UPDATED_ENTRY_TTL,
  };
  return { db, controlDb, breaker, redis, ...openCache({ redis, db: controlDb, limits, registry, log }) };
}

/** What the database says of a statement does not, for it has answered. */
export function saysPostgresIsAway(thrown: unknown): boolean {
  return thrown instanceof UnavailableError && thrown.dependency === "postgresql";
}
