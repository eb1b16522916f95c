import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runSql } from "@profile-platform/runtime/test/postgres";
import { redisPassword } from "@profile-platform/runtime/test/redis";
import type { Services } from "@profile-platform/runtime/test/services";
import { Redis } from "ioredis";
import { INSERT_POPULATION } from "./population.ts";
import type { Side } from "./results.ts";

type Schema = "service" | "twins";

const TWIN_SCHEMA = join(import.meta.dirname, "twin-schema.sql");

/** What sides store things in: the same PostgreSQL and Redis for all of them, a new database for each turn. */
export class Databases {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /**
   * Makes the databases that those of turns are copied from, with all profiles.
   *
   * @param migrate brings the database of a name to the schema of the project's server
   */
  async prepare(migrate: (database: string) => Promise<void>): Promise<void> {
    await this.#prepareOne("service", migrate);
    await this.#prepareOne("twins", async (database) => {
      await this.#sql(database, await readFile(TWIN_SCHEMA, "utf8"));
    });
  }

  /** A new database for a side, as the one before it was in the beginning, and nothing in Redis. @returns its name */
  async renew(side: Side): Promise<string> {
    const database = `bench_${side}`;
    await this.#sql("postgres", `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await this.#sql(
      "postgres",
      `CREATE DATABASE ${database} TEMPLATE ${templateOf(side === "service" ? side : "twins")}`,
    );
    await this.#flushRedis();
    await this.#sql("postgres", "CHECKPOINT");
    return database;
  }

  /** Milliseconds by which each task that has ended began after it was due, and how many have not ended. */
  async lateness(database: string): Promise<{ readonly late: readonly number[]; readonly open: number }> {
    const rows = await this.#sql(
      database,
      `SELECT status, (1000 * extract(epoch FROM started_at - run_at))::float8 AS late FROM tasks WHERE type = 'echo'`,
    );
    const ended = rows.filter(({ status }) => status === "succeeded");
    return { late: ended.map(({ late }) => Number(late)), open: rows.length - ended.length };
  }

  /** Versions of what runs, for the report. */
  async versions(): Promise<{ readonly postgresql: string; readonly redis: string }> {
    const [row] = await this.#sql("postgres", "SHOW server_version");
    const redis = this.#redis();
    try {
      const info = await redis.info("server");
      return {
        postgresql: String(row?.["server_version"]).split(" ")[0] ?? "",
        redis: /redis_version:(\S+)/.exec(info)?.[1] ?? "",
      };
    } finally {
      redis.disconnect();
    }
  }

  async #prepareOne(schema: Schema, create: (database: string) => Promise<void>): Promise<void> {
    const database = templateOf(schema);
    await this.#sql("postgres", `CREATE DATABASE ${database}`);
    await create(database);
    // Without triggers: the profiles are there already, and nobody is to be told of them.
    await this.#sql(database, `SET session_replication_role = replica; ${INSERT_POPULATION}`);
    await this.#sql(database, "VACUUM (ANALYZE)");
  }

  async #flushRedis(): Promise<void> {
    const redis = this.#redis();
    try {
      await redis.flushall();
    } finally {
      redis.disconnect();
    }
  }

  #redis(): Redis {
    return new Redis({ host: "127.0.0.1", port: this.#services.redis.port, password: redisPassword });
  }

  #sql(database: string, statement: string): Promise<readonly Record<string, unknown>[]> {
    return runSql(this.#services.postgres.port, database, statement);
  }
}

function templateOf(schema: Schema): string {
  return `bench_template_${schema}`;
}
