import { Counter, Gauge, type Registry } from "prom-client";
import type { Decision, Policy } from "./policy.ts";

/**
 * redis: the buckets of all replicas · memory: those of this process, while Redis is away · known_empty: neither had to
 * be asked, for the bucket cannot have a request again yet
 */
const deciders = ["redis", "memory", "known_empty"] as const;
export type DecidedBy = (typeof deciders)[number];

export interface LimitMetrics {
  count(policy: Pick<Policy, "name">, decision: Pick<Decision, "allowed">, by: DecidedBy): void;
}

/** @param buckets asked at each scrape for the number of buckets in memory */
export function createLimitMetrics(
  registry: Registry,
  policies: readonly Pick<Policy, "name">[],
  buckets: () => number,
): LimitMetrics {
  const decisions = new Counter({
    name: "rate_limit_decisions_total",
    help: "Requests by the budget that they came from, what became of them, and what decided it.",
    labelNames: ["policy", "outcome", "decided_by"],
    registers: [registry],
  });
  for (const { name: policy } of policies) {
    for (const by of deciders) {
      if (by !== "known_empty") decisions.inc({ policy, outcome: "allowed", decided_by: by }, 0);
      decisions.inc({ policy, outcome: "limited", decided_by: by }, 0);
    }
  }
  registry.registerMetric(
    new Gauge({
      name: "rate_limit_memory_buckets",
      help: "Buckets that this process remembers.",
      registers: [],
      collect() {
        this.set(buckets());
      },
    }),
  );
  return {
    count: ({ name: policy }, { allowed }, by) =>
      decisions.inc({ policy, outcome: allowed ? "allowed" : "limited", decided_by: by }),
  };
}
