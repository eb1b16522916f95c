import type { Breaker } from "../kit/breaker.ts";
import type { MemoryBuckets } from "./memory.ts";
import type { LimitMetrics } from "./metrics.ts";
import { type Decision, type Policy, wait } from "./policy.ts";
import type { RedisBuckets } from "./redis.ts";

export interface LimiterOptions {
  readonly memory: MemoryBuckets;
  readonly redis: Pick<RedisBuckets, "take">;
  /** Leaves Redis alone as soon as one call has failed: memory can decide as well. */
  readonly breaker: Pick<Breaker, "run">;
  readonly metrics: LimitMetrics;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Decides whether somebody may send one more request. Redis decides for all replicas together. What it says is noted in
 * memory, which therefore goes on from there while Redis is away, and knows of an empty bucket without asking: that it
 * has become fuller than the latest look at it and the time since make it is impossible.
 */
export class Limiter {
  readonly #options: LimiterOptions;

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  /** Takes one request out of somebody's bucket. Never rejects. */
  async take(policy: Policy, who: string): Promise<Decision> {
    const { memory, redis, breaker, metrics, now } = this.#options;
    const known = this.peek(policy, who);
    if (!known.allowed) return known;
    const key = keyOf(policy, who);
    const askedAt = now();
    let decision: Decision;
    try {
      decision = await breaker.run(() => redis.take(policy, key));
      memory.note(key, askedAt + decision.untilFull);
      metrics.count(policy, decision, "redis");
    } catch {
      decision = memory.take(policy, key, now());
      metrics.count(policy, decision, "memory");
    }
    return decision;
  }

  /** Whether the bucket has a request, as far as this process knows: counted only if it has none. */
  peek(policy: Policy, who: string): Decision {
    const { memory, metrics, now } = this.#options;
    const untilFull = memory.untilFull(keyOf(policy, who), now());
    const decision = { allowed: wait(policy, untilFull) === 0, untilFull };
    if (!decision.allowed) metrics.count(policy, decision, "known_empty");
    return decision;
  }
}

function keyOf(policy: Policy, who: string): string {
  return `${policy.name}:${who}`;
}
