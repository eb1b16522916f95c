import { eventually } from "../e2e/support/eventually.ts";
import { type Place, query } from "./inside.ts";
import { findMembers, type Members } from "./members.ts";

const LOOK_INTERVAL_MS = 500;

/** What a replica may be behind while writers write. */
const MAX_LAG_BYTES = 2 ** 20;

/**
 * Replicas that stream and whose acknowledgement counts. Each has spoken within the last seconds: of one that is frozen
 * or cut off, PostgreSQL notices nothing for a minute.
 */
const STREAMING = `SELECT application_name FROM pg_stat_replication
  WHERE state = 'streaming' AND sync_state IN ('quorum', 'sync') AND reply_time > now() - interval '3 s'
    AND pg_wal_lsn_diff(pg_current_wal_flush_lsn(), flush_lsn) < ${MAX_LAG_BYTES}`;

/** Throws a sentence that says what is missing unless every instance is ready and every replica counts. */
export async function requireWhole(place: Place, instances: number): Promise<Members> {
  const members = await findMembers(place.kubectl, place.namespace);
  const pods = [members.primary, ...members.replicas];
  const ready = pods.filter(({ ready }) => ready).length;
  if (ready < instances) throw new Error(`${ready} of ${instances} instances are ready`);
  const streaming = await query(place, members.primary.pod, STREAMING);
  if (streaming.length < instances - 1) {
    throw new Error(`of ${instances - 1} replicas, ${streaming.length} stream: ${streaming.join(", ")}`);
  }
  return members;
}

/** Waits until nothing is missing. */
export async function untilWhole(place: Place, instances: number, timeoutMs: number): Promise<Members> {
  const what = "every instance of PostgreSQL is ready and every replica streams";
  return eventually(() => requireWhole(place, instances), { what, timeoutMs, everyMs: LOOK_INTERVAL_MS });
}
