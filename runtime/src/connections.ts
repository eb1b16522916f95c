import { probeConnections } from "./kit/stores/postgres-probe.ts";

/**
 * How many connections each program opens on a database at most: all pools take their sizes from here. The operator adds
 * them up against `max_connections`, in `operator/src/components/data-layer/postgresql/connections.ts`; a test of
 * `hack/agreement` holds its numbers to these.
 */

/** Connections for the requests of a server and for the tasks of a worker: `DB_POOL_SIZE`. */
export const poolSizes = {
  /** No request has more than one at a time, so that even a single one is shared without anybody's waiting forever. */
  server: { usual: 8, minimum: 1, maximum: 100 },
  /** More tasks at once than this wait for one another. */
  worker: { usual: 10, minimum: 1, maximum: 100 },
} as const;

/** What server and worker open beside these. */
export const sidePools = {
  /** For health and the cache's agreement, which must not wait behind requests. */
  checks: 2,
  /** Of a server, for what happens by the clock: it must not wait behind requests, or tasks would be late. */
  clockwork: 3,
  /** Of a server, for reading events: one for what happens, one for those who were away. */
  events: 2,
  /** Of a server, for the checks of a replica. */
  replicaChecks: 1,
  /** With several databases, to each of them, for what happens by the clock. */
  shardChores: 2,
  /** With several databases, to each of them but home, for checks. */
  shardChecks: 1,
} as const;

/** Of the migrations, which do one thing after the other. */
export const migrationConnections = 1;

/** Of the program that shares profiles out, to each database. */
export const reshardConnections = 2;

/**
 * What a server opens on the primary and on its replica, with one database. Probes of an open circuit come in place of
 * connections for requests, which nobody gets meanwhile.
 */
export function serverConnections(poolSize: number): { readonly primary: number; readonly replica: number } {
  const inUse = Math.max(poolSize, probeConnections);
  const { checks, clockwork, events, replicaChecks } = sidePools;
  return { primary: inUse + checks + clockwork + events, replica: inUse + replicaChecks };
}

/** Connections for the tasks of a worker: no task has more than one. */
export function taskConnections(poolSize: number, concurrency: number): number {
  return Math.min(poolSize, concurrency);
}

/** What a worker opens on the primary, with one database. */
export function workerConnections(poolSize: number, concurrency: number): number {
  return Math.max(taskConnections(poolSize, concurrency), probeConnections) + sidePools.checks;
}
