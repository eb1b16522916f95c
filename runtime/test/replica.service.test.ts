import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, createClient, send } from "./client.ts";
import { type Instance, killInstance, until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
import { readAll, readPage } from "./pages.ts";
import { createPostgres, createReplica } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, startService } from "./service.ts";

const started: Instance[] = [];
let replica: Instance;
let server: Service;
let client: Client;

beforeAll(async () => {
  const { directory } = ownServices();
  const primary = await createPostgres(directory, "replica-primary", started);
  const usual = await createSettings();
  const settings = { ...usual, DB_PORT: String(primary.port), DB_NAME: "postgres", DB_READ_MAX_LAG: "2s" };
  await migrateDatabase(settings);
  replica = await createReplica(directory, "replica-standby", primary, started, ["log_statement=all"]);
  server = startService("server", { ...settings, DB_READ_HOST: "127.0.0.1", DB_READ_PORT: String(replica.port) });
  await server.ready();
  client = createClient(await server.url());
});
afterAll(async () => {
  await endServices();
  for (const instance of started.splice(0)) await killInstance(instance);
});

const reads = (outcome: string): Promise<number> => client.metric(`db_replica_reads_total{outcome="${outcome}"}`);

/** Names of the prepared statements that the replica has carried out. */
function executed(): ReadonlySet<string> {
  const log = readFileSync(join(replica.directory, "log"), "utf8");
  return new Set([...log.matchAll(/execute ([\w-]+):/g)].map(([, name = ""]) => name));
}

test("a listing is read from the replica, and shows whatever was acknowledged before it", async () => {
  for (let count = 0; count < 50; count += 1) {
    const { id } = await client.create(`listed-${count}@example.org`);
    const { profiles } = await readPage(client.url, { sort: "-createdAt", limit: "1" });
    expect(profiles.map((profile) => profile.id)).toEqual([id]);
  }
  expect(await reads("replica")).toBe(50);
  expect(executed()).toContain("profile-list--createdAt-first");
});

test("so do searches, filters and further pages", async () => {
  const before = await reads("replica");
  const { id } = await client.create("found@example.org", "Grace Hopper");
  const found = await readPage(client.url, { search: "hopper" });
  expect(found.profiles.map((profile) => profile.id)).toEqual([id]);
  expect((await readAll(client.url, { limit: "10" })).length).toBeGreaterThan(50);
  expect(await reads("replica")).toBeGreaterThan(before + 5);
});

test("nothing else is read there", async () => {
  const { id } = await client.create("primary@example.org");
  await client.read(id);
  await client.replace(id, { name: "Ada", email: "primary@example.org" });
  await client.read(id);
  const task = await client.delay("echo", {});
  await client.task(task.id);
  await client.list({});
  await client.delete(id);
  expect((await client.read(id)).status).toBe(404);
  await readPage(client.url, {});
  expect([...executed()].filter((name) => !name.startsWith("profile-list-") && name !== "replica-look")).toEqual([]);
});

test("what is slow to arrive is waited for, and the listing still comes from the replica", async () => {
  const waits = await client.metric("db_replica_catch_up_seconds_count");
  expect(waits).toBeGreaterThan(50);
});

test("readiness tells of the replica, and does not hang on it", async () => {
  const { status, body } = await send<{ dependencies: readonly unknown[] }>(`${client.url}/ready`);
  expect([status, body.dependencies]).toEqual([
    200,
    expect.arrayContaining([{ name: "postgresql-replica", required: false, up: true }]),
  ]);
  await killInstance(replica);
  await until("the replica to be missed", async () => {
    const { body: now } = await send<{ dependencies: readonly { name: string; up: boolean }[] }>(`${client.url}/ready`);
    return now.dependencies.some(({ name, up }) => name === "postgresql-replica" && !up);
  });
  expect((await send(`${client.url}/ready`)).status).toBe(200);
  expect((await readPage(client.url, {})).profiles.length).toBeGreaterThan(0);
});
