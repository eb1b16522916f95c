import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, createClient } from "./client.ts";
import { until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
import { lockProfile, runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

let settings: Settings;
let database: string;
let port: number;
let client: Client;

beforeAll(async () => {
  settings = await createSettings();
  database = settings["DB_NAME"] ?? "";
  port = ownServices().postgres.port;
  await migrateDatabase(settings);
  const server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
});
afterAll(endServices);

type Outcome = "success" | "refused" | "lost";

async function measured(statement: string, outcome: Outcome, pool = "main") {
  const labels = `pool="${pool}",statement="${statement}",outcome="${outcome}"`;
  const [count, sum] = await Promise.all(
    ["count", "sum"].map((part) => client.metric(`db_query_duration_seconds_${part}{${labels}}`)),
  );
  return { count: count ?? Number.NaN, sum: sum ?? Number.NaN };
}

describe("db_query_duration_seconds", () => {
  test("counts each statement once, by its name and what became of it", async () => {
    await client.create("counted@example.org");
    await client.create("also-counted@example.org");
    await client.create("counted@example.org");
    expect(await measured("profile-insert", "success")).toMatchObject({ count: 2 });
    expect(await measured("profile-insert", "refused")).toMatchObject({ count: 1 });
    expect((await measured("profile-insert", "success")).sum).toBeGreaterThan(0);
  });

  test("has the time that the database took, in seconds", async () => {
    const profile = await client.create("slow@example.org");
    const before = await measured("profile-replace", "success");
    const lock = await lockProfile(port, database, profile.id);
    const change = client.replace(profile.id, { name: "Changed", email: profile.email });
    await lock.waitedForBy("server");
    const waitsSince = performance.now();
    await sleep(300);
    const waited = (performance.now() - waitsSince) / 1_000;
    await lock.release();
    expect((await change).status).toBe(200);
    const after = await measured("profile-replace", "success");
    expect(after.count).toBe((before.count || 0) + 1);
    expect(after.sum - (before.sum || 0)).toBeGreaterThan(waited);
    // The statement's own limit.
    expect(after.sum - (before.sum || 0)).toBeLessThan(4);
    const under = 'pool="main",statement="profile-replace",outcome="success"';
    expect(await client.metric(`db_query_duration_seconds_bucket{le="0.25",${under}}`)).toBe(before.count || 0);
    expect(await client.metric(`db_query_duration_seconds_bucket{le="4",${under}}`)).toBe(after.count);
  });

  test("tells a statement without an answer from one that was refused", async () => {
    const profile = await client.create("lost@example.org");
    const lock = await lockProfile(port, database, profile.id);
    const change = client.replace(profile.id, { name: "Lost", email: profile.email });
    await lock.waitedForBy("server");
    const waiting = "application_name = 'server' AND datname = current_database() AND wait_event_type = 'Lock'";
    await runSql(port, database, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${waiting}`);
    expect((await change).status).toBe(503);
    await lock.release();
    expect(await measured("profile-replace", "lost")).toMatchObject({ count: 1 });
    expect(await measured("profile-replace", "refused")).toMatchObject({ count: Number.NaN });
  });

  test("has the pools apart", async () => {
    await until("a check", async () => (await measured("health-check", "success", "main-checks")).count > 0);
    await until(
      "the dispatcher's look",
      async () => (await measured("task-next-due", "success", "clockwork")).count > 0,
    );
    expect(await measured("health-check", "success")).toMatchObject({ count: Number.NaN });
  });
});
