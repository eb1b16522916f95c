import type { Redis } from "ioredis";
import type { Dependency } from "../health.ts";
import type { Postgres } from "./postgres.ts";
import type { Rabbit } from "./rabbitmq.ts";

/** Up only as a primary: a replica answers queries too, and refuses every write. */
export function postgresDependency(db: Postgres): Dependency {
  return {
    name: "postgresql",
    required: true,
    async check() {
      const statement = { name: "health-check", text: "SELECT pg_is_in_recovery() AS standby" };
      const [row] = await db.query<{ standby: boolean }>(statement, []);
      if (row?.standby !== false) throw new Error("PostgreSQL is a standby and accepts no writes");
    },
  };
}

export function redisDependency(redis: Redis): Dependency {
  return {
    name: "redis",
    required: false,
    async check() {
      await redis.ping();
    },
  };
}

export function rabbitDependency(rabbit: Rabbit, required: boolean): Dependency {
  return { name: "rabbitmq", required, check: () => rabbit.check() };
}
