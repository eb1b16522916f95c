import { setTimeout as sleep } from "node:timers/promises";
import type { Registry } from "prom-client";
import { sidePools } from "../connections.ts";
import type { Breaker } from "../kit/breaker.ts";
import type { Breakers } from "../kit/breakers.ts";
import type { Dependency } from "../kit/health.ts";
import type { Logger } from "../kit/log.ts";
import { createPoolGauge } from "../kit/pool-metrics.ts";
import { postgresDependency } from "../kit/stores/dependencies.ts";
import { clientSettings, Postgres, type PostgresSettings } from "../kit/stores/postgres.ts";
import type { QueryMetrics } from "../kit/stores/postgres-metrics.ts";
import { openPostgresPools } from "../kit/stores/postgres-pools.ts";
import { probePostgres } from "../kit/stores/postgres-probe.ts";
import { saysPostgresIsAway } from "../stores.ts";
import { ShardChores } from "./chores.ts";
import type { ShardAddress } from "./config.ts";
import { requireShared } from "./require.ts";
import { ShardedDatabases } from "./sharded.ts";

export interface OpenShardsOptions {
  /** Those beside home. */
  readonly addresses: readonly ShardAddress[];
  /** Of home, with the number of connections to each database. */
  readonly settings: PostgresSettings;
  /** Home, for requests or tasks. */
  readonly db: Postgres;
  /** Home's. */
  readonly breaker: Breaker;
  readonly breakers: Pick<Breakers, "create">;
  readonly registry: Registry;
  readonly queries: QueryMetrics;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

export interface OpenShards {
  readonly databases: ShardedDatabases;
  readonly chores: ShardChores;
  readonly dependencies: readonly Dependency[];
  /** Start-up step: passes once all databases are what they are expected to be, and it is known who has what. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** How another database is reached: as home, but for its address. */
export function settingsOf<Settings extends Pick<PostgresSettings, "host" | "port" | "database">>(
  home: Settings,
  { host, port, database = home.database }: ShardAddress,
): Settings {
  return { ...home, host, port, database };
}

/** Several databases as a service uses them. Nothing is connected yet. */
export function openShards(options: OpenShardsOptions): OpenShards {
  const { addresses, settings, db, breaker, registry, queries, log, now } = options;
  const home = { settings, breaker, pool: db };
  const away = addresses.map((address, index) => openShard(options, settingsOf(settings, address), index + 1));
  const all = [home, ...away];
  const choreTimes = queries.of("shard-chores");
  const chorePools = all.map(
    (shard) =>
      new Postgres({ ...shard.settings, maximum: sidePools.shardChores }, log, {
        breaker: shard.breaker,
        times: choreTimes,
      }),
  );
  const clock = { now, sleep: (milliseconds: number) => sleep(milliseconds) };
  const databases = new ShardedDatabases({
    shards: all.map(({ pool }) => pool),
    connections: settings.maximum,
    ...clock,
  });
  const choreDatabases = new ShardedDatabases({ shards: chorePools, connections: sidePools.shardChores, ...clock });
  for (const [index, { pool }] of away.entries()) {
    const name = `db_shard_${index + 1}_pool_connections`;
    createPoolGauge(registry, pool, name, `database ${index + 1} of those that share profiles out`);
  }
  return {
    databases,
    chores: new ShardChores({ databases: choreDatabases, shards: chorePools, log }),
    dependencies: away.map(({ dependency }) => dependency),
    async ready() {
      await requireShared(chorePools);
      await databases.refresh();
    },
    async close() {
      const pools = [...chorePools, ...away.flatMap(({ pool, control }) => [pool, control])];
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}

function openShard({ breakers, queries, log }: OpenShardsOptions, settings: PostgresSettings, number: number) {
  const name = `postgresql-shard-${number}`;
  const pools = openPostgresPools({
    settings,
    controlConnections: sidePools.shardChecks,
    breakers,
    circuit: { name, probe: () => probePostgres(clientSettings(settings)), isFailure: saysPostgresIsAway },
    log: log.child({ connection: name }),
    queries,
    name: `shard-${number}`,
  });
  // Without it the others go on: what they have can be read and written by id.
  const dependency = { ...postgresDependency(pools.control, pools.breaker), name, required: false };
  return { settings, ...pools, dependency };
}
