import { parseQuantity } from "../../kit/quantity.ts";
import type { PlatformModel } from "../../model.ts";
import { archivingParameters } from "./archiving/parameters.ts";
import { RUN_DIRECTORY } from "./place.ts";

/**
 * Parameters that must be the same on all members, so that Patroni takes them only from its own store and writes them
 * there once, when the cluster is made.
 */
export function sharedParameters(maxConnections: number) {
  return {
    wal_level: "replica",
    hot_standby: "on",
    max_connections: maxConnections,
    max_worker_processes: 8,
    max_wal_senders: 10,
    max_replication_slots: 10,
    max_prepared_transactions: 0,
    max_locks_per_transaction: 64,
    track_commit_timestamp: "off",
    wal_log_hints: "on",
  } as const;
}

/** Parameters of each member: sized after its memory, then what the platform asks for, then what is not to be changed. */
export function serverParameters(model: PlatformModel): Record<string, string> {
  const mebibytes = parseQuantity(model.postgresql.resources.limits.memory) / 2 ** 20;
  return {
    shared_buffers: `${Math.max(16, Math.floor(mebibytes / 4))}MB`,
    effective_cache_size: `${Math.max(16, Math.floor((mebibytes * 3) / 4))}MB`,
    // "try" takes huge pages wherever the node has some, and a pod that may not use them is killed by SIGBUS.
    huge_pages: "off",
    log_checkpoints: "on",
    log_lock_waits: "on",
    // The details of an error quote the row that broke a constraint, and rows are nobody's to read in a log.
    log_error_verbosity: "terse",
    // A caller whose node is gone holds its locks until the kernel notices: a minute instead of two hours.
    tcp_keepalives_idle: "30",
    tcp_keepalives_interval: "10",
    tcp_keepalives_count: "3",
    ...model.postgresql.parameters,
    ...archivingParameters(model),
    password_encryption: "scram-sha-256",
    unix_socket_directories: RUN_DIRECTORY,
  };
}
