import { DatabaseError } from "pg";
import type { Registry } from "prom-client";
import { sidePools } from "../connections.ts";
import type { Breakers } from "../kit/breakers.ts";
import type { Dependency } from "../kit/health.ts";
import type { Logger } from "../kit/log.ts";
import { createPoolGauge } from "../kit/pool-metrics.ts";
import { clientSettings, type Postgres, type PostgresSettings, type Queryable } from "../kit/stores/postgres.ts";
import type { QueryMetrics } from "../kit/stores/postgres-metrics.ts";
import { openPostgresPools } from "../kit/stores/postgres-pools.ts";
import { onProbeConnection } from "../kit/stores/postgres-probe.ts";
import { catchUp } from "./catch-up.ts";
import type { ReplicaConfiguration } from "./config.ts";
import { createReplicaMetrics } from "./metrics.ts";
import { Positions } from "./position.ts";
import { ReplicaReads } from "./reads.ts";

export interface OpenReplicaOptions {
  readonly config: ReplicaConfiguration;
  /** Of the primary. */
  readonly settings: PostgresSettings;
  readonly db: Postgres;
  /** Asked by checks, which must not wait behind requests. */
  readonly controlDb: Postgres;
  readonly breakers: Pick<Breakers, "create">;
  readonly registry: Registry;
  readonly queries: QueryMetrics;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

export interface OpenReplica {
  readonly reads: ReplicaReads;
  readonly dependency: Dependency;
  readonly pools: readonly Postgres[];
}

const name = "postgresql-replica";

/** A replica as the server reads it; undefined when none is configured. Nothing is connected yet. */
export function openReplica(options: OpenReplicaOptions): OpenReplica | undefined {
  const { config, db, controlDb, breakers, registry, queries, now } = options;
  const { DB_READ_HOST: host, DB_READ_PORT: port, DB_READ_MAX_LAG: maxLag } = config;
  if (host === undefined) return undefined;
  const log = options.log.child({ connection: name });
  const settings = { ...options.settings, host, port };
  const checked = new Positions(controlDb);
  const check = async (replica: Queryable): Promise<void> =>
    catchUp(replica, { position: await checked.current(), patience: maxLag, now });
  const {
    breaker,
    pool: replica,
    control,
  } = openPostgresPools({
    settings,
    controlConnections: sidePools.replicaChecks,
    breakers,
    circuit: {
      name,
      probe: () => onProbeConnection(clientSettings(settings), check),
      // What it says of a statement does not, for it has answered.
      isFailure: (thrown) => !(thrown instanceof DatabaseError),
    },
    log,
    queries,
    name: "replica",
  });
  createPoolGauge(registry, replica, "db_replica_pool_connections", "a replica of PostgreSQL");
  const positions = new Positions(db);
  const metrics = createReplicaMetrics(registry);
  return {
    reads: new ReplicaReads({ primary: db, replica, breaker, positions, maxLag, metrics, log, now }),
    dependency: {
      name,
      required: false,
      check: () => control.session(check),
      onDown: (reason) => void breaker.trip(reason),
    },
    pools: [replica, control],
  };
}
