import { Counter, Histogram, type Registry } from "prom-client";

/**
 * replica: it has answered · behind: it had not got what the primary had · failed: it did not answer, or refused ·
 * busy: others waited for it already · left_alone: it was not asked, because its circuit is open
 */
export const readOutcomes = ["replica", "behind", "failed", "busy", "left_alone"] as const;
export type ReadOutcome = (typeof readOutcomes)[number];

export interface ReplicaMetrics {
  readonly reads: Counter<"outcome">;
  readonly catchUp: Histogram;
}

export function createReplicaMetrics(registry: Registry): ReplicaMetrics {
  const reads = new Counter({
    name: "db_replica_reads_total",
    help: "Reads that may go to a replica, by outcome: replica, or why the primary answered: behind, failed, busy, left_alone.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  for (const outcome of readOutcomes) reads.inc({ outcome }, 0);
  const catchUp = new Histogram({
    name: "db_replica_catch_up_seconds",
    help: "Time that reads waited until the replica had what the primary had when they began.",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  return { reads, catchUp };
}
