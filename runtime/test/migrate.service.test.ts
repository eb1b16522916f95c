import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { send } from "./client.ts";
import { until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
import { runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

const all = [
  "0001-profiles",
  "0002-cache-trust",
  "0003-tasks",
  "0004-listing-and-idempotency",
  "0005-task-control",
  "0006-images",
  "0007-search-without-pending-list",
  "0008-events",
  "0009-task-traces",
  "0010-database-history",
  "0011-shards",
];

let settings: Settings;

beforeEach(async () => {
  settings = await createSettings();
});
afterEach(endServices);

async function sql(statement: string) {
  return runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", statement);
}

describe("migrate", () => {
  test("applies everything once, and says what it did", async () => {
    const first = await migrateDatabase(settings);
    expect(first.logs.at(-1)).toMatchObject({
      msg: `applied ${all.join(", ")}`,
      applied: all,
    });
    const second = await migrateDatabase(settings);
    expect(second.logs.at(-1)).toMatchObject({ msg: "the schema is up to date", applied: [] });
    expect(await sql("SELECT count(*)::int AS rows FROM cache_trust")).toEqual([{ rows: 1 }]);
  });

  test("run four times at once does its work once", async () => {
    const runs = Array.from({ length: 4 }, () => startService("migrate", settings));
    expect(await Promise.all(runs.map((run) => run.exit()))).toEqual([0, 0, 0, 0]);
    const applied = runs.flatMap(({ logs }) => logs.at(-1)?.["applied"] as string[]);
    expect(applied).toEqual(all);
  });
});

test("migrate that is stopped while it waits says so in a sentence, and has not succeeded", async () => {
  const run = startService("migrate", { ...settings, DB_PORT: "1" });
  await until("it waits", async () => run.logs.some(({ msg }) => msg.endsWith(": not yet")));
  expect(await run.exit("SIGTERM")).toBe(1);
  expect(run.logs.at(-1)).toMatchObject({
    level: "error",
    msg: "stopped before it was done: what was not done is done by the next run",
  });
});

describe("a schema newer than the program", () => {
  test.each(["migrate", "server", "worker"] as const)("is refused by %s with a sentence", async (name) => {
    await migrateDatabase(settings);
    await sql("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '2030-01-01')");
    const service = startService(name, settings);
    expect(await service.exit()).toBe(1);
    expect(service.logs.at(-1)).toMatchObject({
      level: "fatal",
      msg: "The database has migrations that this version does not know (9999-later): a newer version has migrated it. Run that version or a later one, or restore a backup from before the upgrade.",
    });
  });
});

describe("a database that is not there yet", () => {
  test("the server waits for it, unready, and begins once it has been migrated", async () => {
    const server = startService("server", settings);
    const url = await server.url();
    const answer = await send(`${url}/api/v1/profiles`);
    expect([answer.status, answer.body.detail]).toEqual([503, "The service is not ready: starting."]);
    expect((await send(`${url}/ready`)).status).toBe(503);
    expect((await send(`${url}/health`)).status).toBe(200);
    await until("the server to say what it waits for", async () =>
      server.logs.some(({ reason }) => reason === `the database waits for migrations: ${all.join(", ")}`),
    );
    await migrateDatabase(settings);
    await server.ready();
    expect((await send(`${url}/api/v1/profiles`)).status).toBe(200);
  });

  test("migrate waits for PostgreSQL itself", async () => {
    const migrate = startService("migrate", { ...settings, DB_PORT: "1" });
    await until("a second attempt", async () => migrate.logs.some(({ attempt }) => attempt === 2));
    expect(migrate.logs[0]).toMatchObject({ level: "warn", msg: "reading the schema's version: not yet" });
    // An interrupted run must not be taken for a finished one.
    expect(await migrate.exit("SIGTERM")).toBe(1);
  });
});

describe("configuration", () => {
  test("every bad variable is named, and no value shown", async () => {
    const server = startService("server", {
      SERVER_PORT: "http",
      REDIS_PASSWORD: "hunter2",
      QUEUE_URI: "http://u:hunter3@h/",
    });
    expect(await server.exit()).toBe(1);
    const message = server.logs[0]?.msg ?? "";
    for (const name of ["SERVER_PORT", "DB_PASSWORD", "QUEUE_URI", "AUTH_JWKS_FILE", "AUTH_ISSUER"])
      expect(message).toContain(`  ${name}: expected`);
    expect(message).not.toMatch(/hunter|REDIS_PASSWORD/);
  });
});
