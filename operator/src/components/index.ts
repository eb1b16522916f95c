import type { Component } from "./component.ts";
import { postgresql } from "./data-layer/postgresql/index.ts";
import { postgresqlBackup } from "./data-layer/postgresql-backup/index.ts";
import { postgresqlRepository } from "./data-layer/postgresql-repository/index.ts";
import { rabbitmq } from "./data-layer/rabbitmq/index.ts";
import { redis } from "./data-layer/redis/index.ts";
import { migrations } from "./server-layer/migrations/index.ts";
import { server } from "./server-layer/server/index.ts";
import { worker } from "./server-layer/worker/index.ts";

/** Every component, in the order in which they are applied and shown. */
export const COMPONENTS: readonly Component[] = [
  // The slowest to start, and what most others wait for: the sooner it is applied, the sooner all is ready.
  postgresql,
  // Where its write-ahead log goes from the first file on.
  postgresqlRepository,
  // Tells the repository which database it is for, which has to be there by then.
  postgresqlBackup,
  // Nobody waits for the cache, but the first requests are faster with it.
  redis,
  // The worker is not ready without it.
  rabbitmq,
  // Between the database that it changes and the services that read it.
  migrations,
  // What users call comes up before what works behind it.
  server,
  worker,
];
