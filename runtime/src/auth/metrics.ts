import { Counter, Gauge, type Registry } from "prom-client";

/** What became of a request's token. */
export const outcomes = [
  "accepted",
  "missing",
  "repeated",
  "malformed",
  "algorithm_not_allowed",
  "unknown_key",
  "bad_signature",
  "invalid_claims",
  "wrong_issuer",
  "wrong_audience",
  "expired",
  "not_yet_valid",
  "insufficient_role",
  "keys_unavailable",
] as const;
export type Outcome = (typeof outcomes)[number];

export interface AuthMetrics {
  readonly requests: Counter<"outcome">;
  readonly reads: Counter<"result">;
  readonly keys: Gauge;
}

/** @param age milliseconds since the keys were last read, or since the start if they never were */
export function createAuthMetrics(registry: Registry, age: () => number): AuthMetrics {
  const requests = new Counter({
    name: "auth_requests_total",
    help: "Requests that need a token, by what became of it.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  for (const outcome of outcomes) requests.inc({ outcome }, 0);
  const reads = new Counter({
    name: "auth_key_reads_total",
    help: "Reads of the issuer's keys: succeeded, failed.",
    labelNames: ["result"],
    registers: [registry],
  });
  for (const result of ["succeeded", "failed"]) reads.inc({ result }, 0);
  const keys = new Gauge({
    name: "auth_keys",
    help: "Keys that signatures of tokens are checked with.",
    registers: [registry],
  });
  registry.registerMetric(
    new Gauge({
      name: "auth_keys_age_seconds",
      help: "Time since the issuer's keys were last read, or since the start if they never were.",
      registers: [],
      collect() {
        this.set(age() / 1_000);
      },
    }),
  );
  return { requests, reads, keys };
}
