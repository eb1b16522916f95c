import { inject } from "vitest";
import type { Services } from "./services.ts";

/** The PostgreSQL, Redis and RabbitMQ of the process that the test runs in: files that run beside it have others. */
export function ownServices(): Services {
  const sets = inject("services");
  const number = Number(process.env["VITEST_POOL_ID"]);
  const own = sets[number - 1];
  if (own === undefined) throw new Error(`there are ${sets.length} sets of services, and none for worker ${number}`);
  return own;
}
