import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import type { Breakers } from "../kit/breakers.ts";
import { type LimitConfiguration, policiesOf } from "./config.ts";
import { KnownTokens } from "./known-tokens.ts";
import { Limiter } from "./limiter.ts";
import { MemoryBuckets } from "./memory.ts";
import { createLimitMetrics } from "./metrics.ts";
import { RedisBuckets } from "./redis.ts";
import { RequestLimits } from "./request-limits.ts";

export interface OpenLimitsOptions {
  readonly config: LimitConfiguration;
  /** A connection of its own, whose commands have the time limit of the configuration. */
  readonly redis: Redis;
  readonly breakers: Pick<Breakers, "create">;
  readonly registry: Registry;
  readonly now: () => number;
}

/** Tokens that are remembered: some 100 bytes each. */
const knownTokens = 10_000;

/** Rate limits as a server uses them. */
export function openLimits({ config, redis, breakers, registry, now }: OpenLimitsOptions): RequestLimits {
  const policies = policiesOf(config);
  const memory = new MemoryBuckets(config.RATE_LIMIT_MEMORY_BUCKETS);
  const shared = new RedisBuckets(redis);
  const breaker = breakers.create({
    name: "redis-rate-limits",
    dependency: "redis",
    failures: 1,
    probe: () => shared.probe(),
    isFailure: () => true,
  });
  const metrics = createLimitMetrics(registry, Object.values(policies), () => memory.size);
  const limiter = new Limiter({ memory, redis: shared, breaker, metrics, now });
  return new RequestLimits({ limiter, policies, known: new KnownTokens(knownTokens) });
}
