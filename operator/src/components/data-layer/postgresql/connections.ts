import { parseQuantity } from "../../kit/quantity.ts";
import type { PlatformModel } from "../../model.ts";

/**
 * What everything of a platform together may open at the same time, against what PostgreSQL accepts. The numbers of the
 * services are those of `runtime/src/connections.ts`; a test of `hack/agreement` holds the two together.
 */

/** What PostgreSQL accepts at least, however little is asked for. */
export const LEAST_MAX_CONNECTIONS = 200;

/** Of a server and of a worker, beside those for requests and tasks. */
const BESIDE = { server: 7, worker: 2 } as const;
/** Probes of an open circuit come in place of the connections for requests or tasks. */
const PROBES = 3;

/** Deployments start one pod more before they end an old one. A pod that ends lets go of its connections meanwhile. */
const SURGE = 1;

/** Of the Job that brings the schema up to date. */
export const MIGRATIONS = 1;
/** Patroni's own two, and the script that sets passwords. */
const PATRONI = 3;
const EXPORTER = 1;
/** One of a backup, and one of what prepares the repository. */
const BACKUPS = 2;
/** So that somebody gets in when all else is in use: `profileplatform psql`, and pg_rewind of a former primary. */
const RESERVE = 3;

/** A connection is a process. What it takes grows with the statements that it has prepared; this is much. */
const BYTES_EACH = 10 * 2 ** 20;
/** A quarter of the memory is shared buffers. */
const SHARE_FOR_CONNECTIONS = 3 / 4;

export type ConnectionUsers = Pick<PlatformModel, "server" | "worker" | "settings" | "postgresql">;

/** Connections to the primary, which has more of them than any replica. */
export interface ConnectionBudget {
  readonly servers: number;
  readonly workers: number;
  /** Migrations, Patroni, backups, the exporter, and the reserve. */
  readonly others: number;
  readonly total: number;
}

export function connectionBudget(model: ConnectionUsers): ConnectionBudget {
  const servers = (serverPods(model) + SURGE) * serverConnections(model.settings.database.poolSize);
  const workers =
    (model.worker.replicas + SURGE) *
    workerConnections(model.settings.workerDatabase.poolSize, model.worker.concurrency);
  const backups = model.postgresql.backup === undefined ? 0 : BACKUPS;
  const others = MIGRATIONS + PATRONI + EXPORTER + backups + RESERVE;
  return { servers, workers, others, total: servers + workers + others };
}

/**
 * What PostgreSQL is made to accept when its cluster is made: what everything may open, as far as its memory bears it.
 * Patroni reads it once; what a cluster accepts that is there by now is in Patroni's own configuration.
 */
export function maxConnections(model: ConnectionUsers): number {
  const memory = parseQuantity(model.postgresql.resources.limits.memory);
  const affordable = Math.floor((memory * SHARE_FOR_CONNECTIONS) / BYTES_EACH);
  return Math.max(LEAST_MAX_CONNECTIONS, Math.min(connectionBudget(model).total, affordable));
}

/** On the primary. */
export function serverConnections(poolSize: number): number {
  return Math.max(poolSize, PROBES) + BESIDE.server;
}

export function workerConnections(poolSize: number, concurrency: number): number {
  return Math.max(Math.min(poolSize, concurrency), PROBES) + BESIDE.worker;
}

/**
 * What is wrong and what to do, in a sentence each, where more connections may be opened than PostgreSQL accepts;
 * undefined where they may not.
 *
 * @param accepted by the cluster that runs
 */
export function overcommitment(model: ConnectionUsers, accepted: number): string | undefined {
  const { servers, workers, others, total } = connectionBudget(model);
  if (total <= accepted) return undefined;
  const { poolSize } = model.settings.database;
  const left = accepted - workers - others;
  return (
    `All pods together may open ${total} connections to PostgreSQL, which accepts ${accepted}: ` +
    `${servers} of ${serverPods(model)} server pods and one more during a roll-out, ` +
    `${workers} of the worker's, ${others} for all else. ` +
    "Requests that find none free are answered with 503. " +
    `${cure(left, serverPods(model), poolSize)}, or have PostgreSQL accept more: see docs/postgresql.md, Connections.`
  );
}

function cure(left: number, pods: number, poolSize: number): string {
  const fittingSize = Math.floor(left / (pods + SURGE)) - BESIDE.server;
  if (fittingSize >= PROBES) return `Set spec.server.database.poolSize to ${fittingSize} or below`;
  const fittingPods = Math.floor(left / serverConnections(Math.min(poolSize, PROBES))) - SURGE;
  if (fittingPods < 1) return "Lower spec.worker.replicas and spec.worker.database.poolSize";
  return `Run at most ${fittingPods} server pods with spec.server.database.poolSize at ${Math.min(poolSize, PROBES)}`;
}

function serverPods({ server }: Pick<PlatformModel, "server">): number {
  return server.autoscaling?.maxReplicas ?? server.replicas;
}
