import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { serverConnections, workerConnections } from "../src/connections.ts";
import { type Client, createClient } from "./client.ts";
import { until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
import { lockProfile, runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

let settings: Settings;
let database: string;
let port: number;

beforeAll(async () => {
  settings = await createSettings();
  database = settings["DB_NAME"] ?? "";
  port = ownServices().postgres.port;
  await migrateDatabase(settings);
});
afterEach(endServices);
afterAll(endServices);

async function connectionsOf(program: string): Promise<number> {
  const condition = `application_name = '${program}' AND datname = current_database()`;
  const [row] = await runSql(port, database, `SELECT count(*) FROM pg_stat_activity WHERE ${condition}`);
  return Number(row?.["count"]);
}

const pool = async (client: Client): Promise<readonly number[]> => [
  await client.metric('db_pool_connections{state="total"}'),
  await client.metric('db_pool_connections{state="waiting"}'),
];

describe("DB_POOL_SIZE", () => {
  test.each([1, 3])("%i: a server has no more connections for requests, and the others wait", async (size) => {
    const server = startService("server", { ...settings, DB_POOL_SIZE: String(size) });
    await server.ready();
    const client = createClient(await server.url());
    const profile = await client.create(`pool-${size}@example.org`);
    const lock = await lockProfile(port, database, profile.id);
    const changes = Array.from({ length: size + 4 }, (_, index) =>
      client.replace(profile.id, { name: `Change ${index}`, email: profile.email }),
    );
    await lock.waitedForBy("server", size);
    await until("the others to wait", async () => (await pool(client)).join() === `${size},4`);
    const connections = await connectionsOf("server");
    await lock.release();
    expect(connections).toBeGreaterThan(size);
    expect(connections).toBeLessThanOrEqual(serverConnections(size).primary);
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual(changes.map(() => 200));
  });

  test("a worker has no more connections for tasks, and the other tasks wait", async () => {
    const server = startService("server", settings);
    const worker = startService("worker", { ...settings, DB_POOL_SIZE: "2", WORKER_CONCURRENCY: "5" });
    await Promise.all([server.ready(), worker.ready()]);
    const client = createClient(await server.url());
    const atWork = createClient(await worker.url());
    const profile = await client.create("tasks@example.org");
    const lock = await lockProfile(port, database, profile.id);
    const tasks = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        client.delay("profile.update", { profileId: profile.id, changes: { name: `Change ${index}` } }),
      ),
    );
    await lock.waitedForBy("worker", 2);
    await until("the others to wait", async () => (await pool(atWork)).join() === "2,3");
    const connections = await connectionsOf("worker");
    await lock.release();
    expect(connections).toBeLessThanOrEqual(workerConnections(2, 5));
    const ended = await Promise.all(tasks.map(({ id }) => client.ended(id)));
    expect(ended.map(({ status }) => status)).toEqual(tasks.map(() => "succeeded"));
  });

  test("that is none ends a server with a sentence", async () => {
    const server = startService("server", { ...settings, DB_POOL_SIZE: "0" });
    expect(await server.exit()).toBe(1);
    expect(server.logs.map(({ msg }) => msg)).toEqual([
      "The configuration is not valid. Set these environment variables:\n  DB_POOL_SIZE: expected a number of connections from 1 to 100",
    ]);
  });
});
