import type { Redis } from "ioredis";
import type { Breaker } from "../breaker.ts";
import type { Dependency } from "../health.ts";
import type { Postgres } from "./postgres.ts";
import { requirePrimary } from "./postgres-probe.ts";
import type { Rabbit } from "./rabbitmq.ts";
import { readRunId } from "./redis.ts";

/** Up only as a primary. Its breaker opens with the first check that fails, for calls may wait longer than a check. */
export function postgresDependency(db: Postgres, breaker: Breaker): Dependency {
  return {
    name: "postgresql",
    required: true,
    check: () => requirePrimary(db),
    onDown: (reason) => void breaker.trip(reason),
  };
}

/** Up only as one that takes writes, which is whom the cache believes. */
export function redisDependency(redis: Redis): Dependency {
  return {
    name: "redis",
    required: false,
    async check() {
      await readRunId(redis);
    },
  };
}

export function rabbitDependency(rabbit: Rabbit, required: boolean): Dependency {
  return { name: "rabbitmq", required, check: () => rabbit.check() };
}
