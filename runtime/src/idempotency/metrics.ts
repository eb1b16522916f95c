import { Counter, type Registry } from "prom-client";

export interface IdempotencyMetrics {
  readonly requests: Counter<"outcome">;
  readonly swept: Counter;
}

const outcomes = ["stored", "replayed", "reused", "in_progress"] as const;

export function createIdempotencyMetrics(registry: Registry): IdempotencyMetrics {
  const requests = new Counter({
    name: "idempotent_requests_total",
    help: "Requests with an idempotency key that were not refused for something else, by outcome: stored, replayed, reused, in_progress.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  for (const outcome of outcomes) requests.inc({ outcome }, 0);
  const swept = new Counter({
    name: "idempotency_keys_swept_total",
    help: "Idempotency keys removed because their time was over.",
    registers: [registry],
  });
  return { requests, swept };
}
