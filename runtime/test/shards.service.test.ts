import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EventView } from "../src/events/event.ts";
import { createLogger } from "../src/kit/log.ts";
import { Postgres } from "../src/kit/stores/postgres.ts";
import type { ProfileView } from "../src/profiles/profile.ts";
import { sorts } from "../src/profiles/sort.ts";
import { partName } from "../src/shards/decisions.ts";
import { Participant } from "../src/shards/participant.ts";
import { slotOf } from "../src/shards/slots.ts";
import { type Client, createClient, type ProfileBody, send } from "./client.ts";
import { EventClient } from "./event-client.ts";
import { type Instance, killInstance, until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
import { readAll, readPage } from "./pages.ts";
import { unique } from "./pictures.ts";
import { createPostgres, runSql } from "./postgres.ts";
import {
  createSettings,
  endServices,
  migrateDatabase,
  reshardDatabases,
  type Settings,
  startService,
} from "./service.ts";

// Hundreds of transactions over two databases take their time on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const started: Instance[] = [];
let postgres: Instance;
let single: Settings;
let settings: Settings;
let client: Client;

const home = (statement: string) => runSql(postgres.port, "postgres", statement);
const away = (statement: string) => runSql(postgres.port, "second", statement);
const isAway = ({ id }: Pick<ProfileView, "id">): boolean => slotOf(id) >= 512;

beforeAll(async () => {
  const { directory } = ownServices();
  postgres = await createPostgres(directory, "shards", started, ["max_prepared_transactions=50"]);
  await home("CREATE DATABASE second");
  single = { ...(await createSettings()), DB_PORT: String(postgres.port), DB_NAME: "postgres" };
  settings = { ...single, DB_SHARDS: `127.0.0.1:${postgres.port}/second` };
  await migrateDatabase(single);
  const before = startService("server", single);
  await before.ready();
  const old = createClient(await before.url());
  for (let count = 0; count < 40; count += 1) await old.create(`before-${count}@example.org`, `Before ${count % 7}`);
  await migrateDatabase(settings);
  // It knows nothing of the other database, and goes on as long as nothing is moved there.
  await old.create("before-40@example.org", "Before 40");
  const refused = startService("reshard", settings);
  expect([await refused.exit(), refused.logs.at(-1)?.msg]).toEqual([
    1,
    expect.stringContaining("runs without DB_SHARDS, and would not find what is moved."),
  ]);
  await before.exit("SIGTERM");
  const server = startService("server", settings);
  const worker = startService("worker", settings);
  await Promise.all([server.ready(), worker.ready()]);
  client = createClient(await server.url());
});
afterAll(async () => {
  await endServices();
  for (const instance of started.splice(0)) await killInstance(instance);
});

/** A new profile at home, or away. */
async function createAt(where: "home" | "away", name = "Ada Lovelace"): Promise<ProfileView> {
  for (;;) {
    const profile = await client.create(`${crypto.randomUUID()}@example.org`, name);
    if (isAway(profile) === (where === "away")) return profile;
  }
}

const replace = (id: string, email: string) =>
  send<ProfileBody>(`${client.url}/api/v1/profiles/${id}`, "PUT", { name: "Replaced", email });

describe("sharing out", () => {
  test("moves half of the slots with their profiles, which stay what they are", async () => {
    const before = await readAll(client.url, { limit: "100" });
    expect(before).toHaveLength(41);
    const { nextCursor = "" } = await readPage(client.url, { limit: "10" });
    const rows = await home("SELECT to_jsonb(profiles) AS row FROM profiles ORDER BY id");
    await reshardDatabases(settings);
    const [[one], [other]] = [await home("SELECT slots FROM shard"), await away("SELECT slots FROM shard")];
    expect([one?.["slots"], other?.["slots"]]).toEqual(["{[0,512)}", "{[512,1024)}"]);
    const after = [
      ...(await home("SELECT to_jsonb(profiles) AS row FROM profiles ORDER BY id")),
      ...(await away("SELECT to_jsonb(profiles) AS row FROM profiles ORDER BY id")),
    ];
    expect(after).toEqual(rows);
    expect(await readAll(client.url, { limit: "100" })).toEqual(before);
    expect(await readAll(client.url, { limit: "10", cursor: nextCursor })).toEqual(before.slice(10));
  });

  test("is no event, and nothing is left of it", async () => {
    expect(await home("SELECT 1 FROM events WHERE type = 'profile.deleted'")).toEqual([]);
    expect(await away("SELECT 1 FROM events")).toEqual([]);
    expect(await home("SELECT 1 FROM pg_prepared_xacts")).toEqual([]);
    const [emails] = await home("SELECT count(*)::int AS count FROM profile_emails");
    expect(emails).toEqual({ count: 41 });
  });

  test("moves nothing the second time", async () => {
    const { logs } = await reshardDatabases(settings);
    expect(logs.at(-1)).toMatchObject({ moved: 0, profiles: 0 });
  });
});

describe.each(["home", "away"] as const)("a profile at the database %s", (where) => {
  test("is created, read, replaced and deleted as ever", async () => {
    const { id, email } = await createAt(where);
    expect((await client.read(id)).body).toMatchObject({ source: "database", profile: { version: 1, email } });
    expect((await client.read(id)).body.source).toBe("cache");
    const replaced = await replace(id, email);
    expect([replaced.status, replaced.body.profile.version]).toEqual([200, 2]);
    const condition = { "If-Match": '"1"' };
    const late = await send(`${client.url}/api/v1/profiles/${id}`, "DELETE", undefined, condition);
    expect(late.status).toBe(412);
    expect((await client.delete(id)).status).toBe(204);
    expect((await client.read(id)).status).toBe(404);
    expect((await client.delete(id)).status).toBe(404);
  });

  test("keeps its address from all others, until it has another one or is gone", async () => {
    const { id, email } = await createAt(where);
    const others = [await createAt("home"), await createAt("away")];
    const create = () => send(`${client.url}/api/v1/profiles`, "POST", { name: "Other", email: email.toUpperCase() });
    for (const other of others) expect((await replace(other.id, email.toUpperCase())).status).toBe(409);
    expect((await create()).status).toBe(409);
    await replace(id, `changed-${email}`);
    expect((await replace(others[0]?.id ?? "", email)).status).toBe(200);
    expect((await replace(id, email)).status).toBe(409);
    await client.delete(others[0]?.id ?? "");
    expect((await replace(others[1]?.id ?? "", email)).status).toBe(200);
    await client.delete(others[1]?.id ?? "");
    expect((await create()).status).toBe(201);
  });

  test("has images, which others may have as well", async () => {
    const [profile, other] = [await createAt(where), await createAt(where === "home" ? "away" : "home")];
    const picture = await unique();
    const { body } = await client.upload(profile.id, picture);
    expect(body.profile.version).toBe(2);
    const { hash } = body.image;
    expect((await client.upload(other.id, picture)).body.profile.images).toHaveLength(1);
    const served = async () => (await fetch(`${client.url}/images/${hash}/thumbnail.webp`)).status;
    expect((await client.removeImage(other.id, hash)).body.profile.images).toEqual([]);
    expect(await served()).toBe(200);
    expect((await client.delete(profile.id)).status).toBe(204);
    expect(await served()).toBe(404);
  });

  test("is changed by tasks, once", async () => {
    const { id } = await createAt(where);
    const update = await client.delay("profile.update", { profileId: id, changes: { name: "By a task" } });
    expect(await client.ended(update.id)).toMatchObject({ status: "succeeded", result: { version: 2 } });
    expect((await client.read(id)).body.profile).toMatchObject({ name: "By a task", version: 2 });
    const { id: removal } = await client.delay("profile.delete", { profileId: id });
    expect((await client.ended(removal)).status).toBe("succeeded");
    expect((await client.read(id)).status).toBe(404);
  });

  test("tells what becomes of it, in the order of its versions", async () => {
    const events = await EventClient.subscribed(client.url);
    const { id, email } = await createAt(where);
    for (let count = 0; count < 3; count += 1) await replace(id, email);
    await client.delete(id);
    const own = await until("its events", async () => {
      const found = events.events.filter((event: EventView) => event.id === id);
      return found.length === 5 ? found : undefined;
    });
    expect(own.map(({ type, version }) => `${type} ${version}`)).toEqual([
      "profile.created 1",
      "profile.updated 2",
      "profile.updated 3",
      "profile.updated 4",
      "profile.deleted 4",
    ]);
    await events.close();
  });
});

test("a request that is repeated with its key takes effect once, wherever the profile comes to be", async () => {
  const places = new Set<boolean>();
  for (let count = 0; count < 12; count += 1) {
    const input = { name: "Once", email: `${crypto.randomUUID()}@example.org` };
    const headers = { "Idempotency-Key": crypto.randomUUID() };
    const [first, again] = [
      await send<ProfileBody>(`${client.url}/api/v1/profiles`, "POST", input, headers),
      await send<ProfileBody>(`${client.url}/api/v1/profiles`, "POST", input, headers),
    ];
    expect([first.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([201, 201, "true"]);
    expect(again.body).toEqual(first.body);
    places.add(isAway(first.body.profile));
  }
  expect(places.size).toBe(2);
});

describe("a listing", () => {
  beforeAll(async () => {
    const letters = ["z", "a", "Z", "b", "é", "😀", "\uff5e"];
    for (let count = 0; count < 30; count += 1) {
      await client.create(`listed-${count}@listing.example`, `${letters[count % 7]}name ${count % 4}`);
    }
  });

  test.each(sorts)("by %s goes through the profiles of all databases, page by page", async (sort) => {
    const listed = await readAll(client.url, { sort, limit: "7" });
    const [{ emails = [] } = {}] = await home("SELECT array_agg(email) AS emails FROM profile_emails");
    expect(listed.map(({ email }) => email.toLowerCase()).toSorted()).toEqual((emails as string[]).toSorted());
    expect(new Set(listed.map((profile) => isAway(profile))).size).toBe(2);
    const field = sort.replace("-", "") as "createdAt" | "updatedAt" | "name";
    const keys = listed.map((profile) => Buffer.from(profile[field].toLowerCase()));
    const sorted = keys.toSorted((one, other) => Buffer.compare(one, other));
    expect(keys).toEqual(sort.startsWith("-") ? sorted.toReversed() : sorted);
  });

  test("finds what is asked for in each of them", async () => {
    const found = await readAll(client.url, { search: "listing", limit: "4" });
    expect(found).toHaveLength(30);
    expect((await readAll(client.url, { email: "LISTED-7@listing.example" })).map(({ email }) => email)).toEqual([
      "listed-7@listing.example",
    ]);
  });

  test("and the addresses of a whole domain are changed in all of them", async () => {
    const taken = await client.create("listed-3@moved.example");
    const task = await client.delay("profiles.change-domain", { from: "listing.example", to: "moved.example" });
    const ended = await client.ended(task.id);
    expect(ended).toMatchObject({ status: "succeeded", result: { changed: 29, skipped: 1 } });
    const moved = await readAll(client.url, { search: "moved", limit: "100" });
    expect(moved).toHaveLength(30);
    expect(moved.map(({ id }) => id)).toContain(taken.id);
  });
});

describe("a transaction whose process died between two databases", () => {
  /** Leaves a new profile prepared. @returns its id, and that of the transaction */
  async function prepare(): Promise<readonly [string, string]> {
    const [id, transaction] = [`ffc${crypto.randomUUID().slice(3)}`, crypto.randomUUID()];
    const insert = `INSERT INTO profiles (id, name, email) VALUES ('${id}', 'Prepared', '${id}@example.org')`;
    await away(`BEGIN; ${insert}; PREPARE TRANSACTION 'profile-platform:${transaction}:1'`);
    return [id, transaction];
  }

  const left = (transaction: string) => away(`SELECT 1 FROM pg_prepared_xacts WHERE gid LIKE '%${transaction}%'`);

  const decide = (transaction: string) =>
    home(`INSERT INTO transaction_decisions (id, committed, shards) VALUES ('${transaction}', true, '{1}')`);

  test("is committed by a server, when it had been decided", async () => {
    const [id, transaction] = await prepare();
    expect((await client.read(id)).status).toBe(404);
    await decide(transaction);
    await until("the profile", async () => (await client.read(id)).status === 200);
    expect(await left(transaction)).toEqual([]);
  });

  test("is rolled back when it had not, and nobody can decide otherwise any more", async () => {
    const [id, transaction] = await prepare();
    await until("its end", async () => (await left(transaction)).length === 0);
    expect((await client.read(id)).status).toBe(404);
    await expect(decide(transaction)).rejects.toThrow("duplicate key value");
  });
});

test("what failed in one database is prepared there by nobody, whoever forgot about the failure", async () => {
  const address = { host: "127.0.0.1", port: postgres.port, user: "postgres", password: "not-asked-for" };
  const log = createLogger("test", "silent");
  const db = new Postgres({ ...address, database: "second", applicationName: "test", maximum: 1 }, log);
  const participant = await Participant.begin(db);
  await expect(participant.query({ text: "SELECT 1 / 0" }, [])).rejects.toThrow("division by zero");
  await expect(participant.prepare(partName(crypto.randomUUID(), 1))).rejects.toThrow("division by zero");
  await participant.rollback();
  expect(await db.query({ text: "SELECT 1 AS one" }, [])).toEqual([{ one: 1 }]);
  expect(db.connections).toMatchObject({ total: 1, idle: 1 });
  await db.close();
});

describe("what does not fit together is refused", () => {
  test("a server without DB_SHARDS, once profiles were moved", async () => {
    const server = startService("server", single);
    expect([await server.exit(), server.logs.at(-1)?.msg]).toEqual([
      1,
      "Some of the profiles are in other databases. Name these in DB_SHARDS, as everywhere else.",
    ]);
  });

  test("databases in another order", async () => {
    await home("CREATE DATABASE third");
    const shards = `127.0.0.1:${postgres.port}/third,127.0.0.1:${postgres.port}/second`;
    const migrate = startService("migrate", { ...settings, DB_SHARDS: shards });
    expect([await migrate.exit(), migrate.logs.at(-1)?.msg]).toEqual([
      1,
      expect.stringContaining("Where database 2 is expected, there is database 1."),
    ]);
  });

  test("a database that cannot prepare transactions", async () => {
    const usual = await createSettings();
    const shards = `127.0.0.1:${usual["DB_PORT"]}/${usual["DB_NAME"]}`;
    await home("CREATE DATABASE fourth");
    const migrate = startService("migrate", { ...single, DB_NAME: "fourth", DB_SHARDS: shards });
    expect([await migrate.exit(), migrate.logs.at(-1)?.msg]).toEqual([
      1,
      "Database 1 has max_prepared_transactions = 0. Set it to what max_connections is, and restart PostgreSQL.",
    ]);
  });

  test("a replica beside several databases", async () => {
    const server = startService("server", { ...settings, DB_READ_HOST: "127.0.0.1" });
    expect(await server.exit()).toBe(1);
    expect(server.logs.at(-1)?.msg).toContain("DB_READ_HOST: expected no value while DB_SHARDS has one");
  });
});
