import type { Redis } from "ioredis";
import { readRunId } from "../kit/stores/redis.ts";
import { runScript } from "../kit/stores/redis-spans.ts";
import { type Decision, intervalOf, type Policy } from "./policy.ts";

/** Names what is kept of rate limits in Redis; behind it stands the policy, and whose bucket it is. */
const keyPrefix = "rate-limit:";

/**
 * `take` of policy.ts, on the clock of Redis, in microseconds. A bucket that is full is not kept. One that would be full
 * later than an empty one is from before the clock was set back, and counts as empty. The first line has a Redis that
 * would take no write refuse the script as a whole, also where it would only say no.
 */
const takeScript = `#!lua
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[1])
local window = tonumber(ARGV[2])
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
full_at = math.min(math.max(full_at, now), now + window)
local after = full_at + interval
if after > now + window + 10 then
  return {0, math.ceil(full_at - now)}
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
return {1, math.ceil(after - now)}
`;

/** Buckets that all replicas share. */
export class RedisBuckets {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
    redis.defineCommand("rateLimitTake", { numberOfKeys: 1, lua: takeScript });
  }

  /** @throws Error when Redis does not answer in time */
  async take(policy: Policy, key: string): Promise<Decision> {
    const values = [keyPrefix + key, intervalOf(policy) * 1_000, policy.window * 1_000];
    const reply = await runScript(this.#redis, "rateLimitTake", values);
    const [allowed, microseconds] = Array.isArray(reply) ? reply.map(Number) : [];
    if (allowed === undefined || microseconds === undefined) throw new Error("the script did not give two numbers");
    return { allowed: allowed === 1, untilFull: microseconds / 1_000 };
  }

  /** @throws Error where Redis does not answer, or takes no writes */
  async probe(): Promise<void> {
    await readRunId(this.#redis);
  }
}
