import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { decodeCursor, encodeCursor } from "../src/events/cursor.ts";
import { cutBehind } from "../src/events/position.ts";
import { EventRecord } from "../src/events/record.ts";
import { createLogger } from "../src/kit/log.ts";
import { Postgres } from "../src/kit/stores/postgres.ts";
import { type Client as ApiClient, createClient } from "./client.ts";
import { EventClient } from "./event-client.ts";
import { until } from "./instance.ts";
import { issuer } from "./issuer.ts";
import { ownServices } from "./own-services.ts";
import { unique } from "./pictures.ts";
import { runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "./service.ts";

let settings: Settings;
let servers: readonly Service[];
let urls: readonly [string, string];
let client: ApiClient;
const opened: Client[] = [];

beforeAll(async () => {
  settings = await createSettings();
  await migrateDatabase(settings);
  servers = [startService("server", settings), startService("server", settings)];
  await Promise.all([...servers, startService("worker", settings)].map((service) => service.ready()));
  const [one, two] = await Promise.all(servers.map((server) => server.url()));
  urls = [one ?? "", two ?? ""];
  client = createClient(urls[0]);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.end()));
});
afterAll(endServices);

const sql = (text: string) => runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", text);

/** A connection of somebody who takes their time to commit. */
async function transaction(): Promise<Client> {
  const { port } = ownServices().postgres;
  const connection = new Client({ host: "127.0.0.1", port, user: "postgres", database: settings["DB_NAME"] ?? "" });
  opened.push(connection);
  await connection.connect();
  await connection.query("BEGIN");
  return connection;
}

const change = (id: string) =>
  `UPDATE profiles SET bio = '${crypto.randomUUID()}', version = version + 1 WHERE id = '${id}'`;

describe("what happens is told", () => {
  test("of a profile: each change, with the version that the API has", async () => {
    const stream = await EventClient.subscribed(urls[1], { filters: [{ kind: "profile" }] });
    const { id } = await client.create("told@example.org");
    await client.replace(id, { name: "Ada", email: "told@example.org" });
    const { body } = await client.upload(id, await unique());
    await client.removeImage(id, body.image.hash);
    await client.delete(id);
    const events = await stream.untilEvents(5);
    expect(events.map(({ type, version }) => [type, version])).toEqual([
      ["profile.created", 1],
      ["profile.updated", 2],
      ["profile.updated", 3],
      ["profile.updated", 4],
      ["profile.deleted", 4],
    ]);
    expect(events.every((event) => event.id === id)).toBe(true);
    await stream.close();
  });

  test("of a task: each status, with the version that the API has", async () => {
    const stream = await EventClient.subscribed(urls[1], { filters: [{ kind: "task" }] });
    const task = await client.delay("echo", { a: 1 });
    const done = await client.ended(task.id);
    const events = await stream.untilEvents(4);
    expect(events.map(({ type, version }) => [type, version])).toEqual([
      ["task.scheduled", 1],
      ["task.queued", 2],
      ["task.running", 3],
      ["task.succeeded", 4],
    ]);
    expect([task.version, done.version]).toEqual([1, 4]);
    expect(events.at(-1)).toMatchObject({ id: task.id, task: { type: "echo", attempts: 1, maxAttempts: 5 } });
    const failing = await client.delay("profile.delete", { profileId: crypto.randomUUID() });
    await client.ended(failing.id);
    const failed = (await stream.untilEvents(8)).at(-1);
    expect(failed).toMatchObject({ type: "task.failed", task: { errorCode: "profile-not-found" } });
    const later = await client.delay("echo", {}, 3_600);
    await client.cancel(later.id);
    await client.cancel(later.id);
    await client.replay(later.id, { delaySeconds: 3_600 });
    const replayed = (await stream.untilEvents(11)).slice(8);
    expect(replayed.map(({ type }) => type)).toEqual(["task.scheduled", "task.cancelled", "task.scheduled"]);
    await sql(`DELETE FROM tasks WHERE id = '${later.id}'`);
    expect((await stream.untilEvents(12)).at(-1)).toMatchObject({ type: "task.removed", task: { type: "echo" } });
    await stream.close();
  });

  test("of what was not committed, or changed nothing, nothing is", async () => {
    const stream = await EventClient.subscribed(urls[0]);
    const { id } = await client.create("same@example.org");
    const other = await client.create("other@example.org");
    await client.replace(other.id, { name: "Taken", email: "same@example.org" });
    const undone = await transaction();
    await undone.query(change(id));
    await undone.query("ROLLBACK");
    await sql(`UPDATE profiles SET name = name WHERE id = '${id}'`);
    await client.delete(id);
    const events = await stream.untilEvents(3);
    expect(events.map(({ type }) => type)).toEqual(["profile.created", "profile.created", "profile.deleted"]);
    await stream.close();
  });

  test("to those who asked for it alone", async () => {
    const [one, two] = [await client.create("one@example.org"), await client.create("two@example.org")];
    const stream = await EventClient.subscribed(urls[0], {
      filters: [{ kind: "profile", ids: [one.id.toUpperCase()] }],
    });
    await client.delete(two.id);
    await client.delete(one.id);
    expect((await stream.untilEvents(1))[0]).toMatchObject({ id: one.id });
    expect(stream.events).toHaveLength(1);
    await stream.close();
  });

  test("a read after an event is not older than it", async () => {
    const { id } = await client.create("read@example.org");
    await client.read(id);
    const stream = await EventClient.subscribed(urls[1], { filters: [{ kind: "profile", ids: [id] }] });
    const reads: Promise<boolean>[] = [];
    let seen = 0;
    stream.socket.on("message", () => {
      const event = stream.events.at(-1);
      if (event === undefined || stream.events.length === seen) return;
      seen = stream.events.length;
      reads.push(
        createClient(urls[1])
          .read(id)
          .then(({ body }) => body.profile.version >= event.version),
      );
    });
    for (let count = 0; count < 20; count += 1)
      await client.replace(id, { name: `n${count}`, email: "read@example.org" });
    await stream.untilEvents(20);
    expect((await Promise.all(reads)).every(Boolean)).toBe(true);
    await stream.close();
  });
});

describe("the order", () => {
  test("does not wait for a transaction that takes its time, and loses nothing of it", async () => {
    const [one, two] = [await client.create("late@example.org"), await client.create("early@example.org")];
    const stream = await EventClient.subscribed(urls[0], { filters: [{ kind: "profile" }] });
    const late = await transaction();
    await late.query(change(one.id));
    await client.replace(two.id, { name: "Early", email: "early@example.org" });
    const [early] = await stream.untilEvents(1);
    expect(early?.id).toBe(two.id);
    const away = await EventClient.subscribed(urls[1], { filters: [{ kind: "profile" }], cursor: early?.cursor ?? "" });
    await away.close();
    await late.query("COMMIT");
    const events = await stream.untilEvents(2);
    expect(events.map(({ id }) => id)).toEqual([two.id, one.id]);
    for (const url of urls) {
      const back = await EventClient.subscribed(url, { filters: [{ kind: "profile" }], cursor: away.cursor });
      expect(back.events.map(({ id }) => id)).toEqual([one.id]);
      await back.close();
    }
    await stream.close();
  });

  test("of one profile is that of its versions, though the transaction of the later one began first", async () => {
    const [first, shared] = [await client.create("first@example.org"), await client.create("shared@example.org")];
    const third = await client.create("third@example.org");
    for (const isOpen of [false, true]) {
      const stream = await EventClient.subscribed(urls[0], { filters: [{ kind: "profile" }] });
      const old = await transaction();
      await old.query(change(first.id));
      // Another one, whose number lies between those of the two.
      const between = await transaction();
      await between.query(change(third.id));
      if (!isOpen) await between.query("COMMIT");
      const { body } = await client.replace(shared.id, { name: "Second", email: "shared@example.org" });
      await old.query(change(shared.id));
      await old.query("COMMIT");
      const events = await stream.untilEvents(isOpen ? 3 : 4);
      const own = events.filter(({ id }) => id === shared.id);
      const { version } = body.profile;
      expect(own.map((event) => event.version)).toEqual([version, version + 1]);
      if (isOpen) await between.query("COMMIT");
      expect((await stream.untilEvents(4)).map(({ id }) => id)).toContain(third.id);
      await stream.close();
    }
  });

  test("of thousands of changes in one transaction is kept, and they can be gone on from in the middle", async () => {
    const stream = await EventClient.subscribed(urls[0], { filters: [{ kind: "profile" }] });
    const from = stream.cursor;
    const count = 1_700;
    await sql(`INSERT INTO profiles (id, name, email)
      SELECT gen_random_uuid(), 'n', 'bulk' || n || '@example.org' FROM generate_series(1, ${count}) AS n`);
    await sql("UPDATE profiles SET version = version + 1 WHERE name = 'n'");
    const events = await stream.untilEvents(2 * count);
    expect(new Set(events.map(({ id, version }) => `${id} ${version}`)).size).toBe(2 * count);
    const late = await EventClient.subscribed(urls[1], { filters: [{ kind: "profile" }], cursor: from });
    expect(late.events.map(({ id, version }) => [id, version])).toEqual(events.map(({ id, version }) => [id, version]));
    // Cursors of the two differ, for they looked at other moments; each leads on at the other server.
    for (const [index, url] of [
      [3, urls[0]],
      [1_699, urls[1]],
      [1_700, urls[0]],
      [2_500, urls[1]],
    ] as const) {
      for (const given of [events, late.events]) {
        const cursor = given[index]?.cursor ?? "";
        const rest = await EventClient.subscribed(url, { filters: [{ kind: "profile" }], cursor });
        const expected = given.slice(index + 1).map(({ id, version }) => [id, version]);
        expect(rest.events.map(({ id, version }) => [id, version])).toEqual(expected);
        await rest.close();
      }
    }
    await stream.close();
    await late.close();
  });
});

describe("what is kept", () => {
  test("for a time: an older cursor is told so, one that has missed nothing is not", async () => {
    const stream = await EventClient.subscribed(urls[0], { filters: [{ kind: "profile" }] });
    const old = stream.cursor;
    const { id } = await client.create("old@example.org");
    const last = (await stream.untilEvents(1))[0]?.cursor ?? "";
    const [newest] = await sql("SELECT max(id)::text AS id FROM events");
    const forgetful = startService("server", { ...settings, EVENT_RETENTION: "1s" });
    await forgetful.ready();
    await until("the removal", async () => {
      const [row] = await sql(`SELECT count(*)::int AS left FROM events WHERE id <= ${String(newest?.["id"])}`);
      return row?.["left"] === 0;
    });
    expect(await createClient(await forgetful.url()).metric("events_removed_total")).toBeGreaterThan(0);
    await forgetful.exit("SIGTERM");
    const late = await EventClient.open(urls[1], `/ws?cursor=${old}`);
    expect(await late.next("resync")).toMatchObject({ reason: "cursor-too-old" });
    const prompt = await EventClient.open(urls[1], `/ws?cursor=${last}`);
    await prompt.next("cursor");
    expect(prompt.of("resync")).toEqual([]);
    await client.delete(id);
    for (const one of [stream, late, prompt]) {
      await until("the event", async () => one.events.at(-1)?.type === "profile.deleted");
      await one.close();
    }
    const unknown = await EventClient.open(urls[1], `/ws?cursor=${forged(last)}`);
    expect(await unknown.next("resync")).toMatchObject({ reason: "cursor-unknown" });
    await unknown.close();
  });

  test("can be read by a user without special rights", async () => {
    await sql("CREATE ROLE plain LOGIN");
    await sql("GRANT SELECT ON events, event_floor TO plain");
    const { port } = ownServices().postgres;
    const database = settings["DB_NAME"] ?? "";
    const db = new Postgres(
      { host: "127.0.0.1", port, user: "plain", password: "", database, applicationName: "test", maximum: 1 },
      createLogger("test", "silent"),
    );
    const record = new EventRecord(db);
    const position = await record.end();
    expect(position.history).toMatch(/^[0-9a-f]+-00000001$/);
    expect(await record.look(position)).toMatchObject({ events: [], more: false });
    await db.close();
    await sql("DROP OWNED BY plain");
    await sql("DROP ROLE plain");
  });
});

/** The same cursor, of a transaction that will not come for long. */
function forged(cursor: string): string {
  const position = decodeCursor(cursor);
  if (position === undefined) throw new Error("it is no cursor");
  return encodeCursor({ ...position, cut: cutBehind(position.cut.end + 1_000_000n, []) });
}

describe("a connection", () => {
  test("ends when its token expires", async () => {
    const exp = Math.floor(Date.now() / 1_000) - 27;
    const stream = await EventClient.open(urls[0], "/ws", await issuer.token({ claims: { exp } }));
    expect(await stream.ended()).toMatchObject({ code: 4401 });
  });

  test("that is silent about what it wants takes nothing from others", async () => {
    const silent = await EventClient.open(urls[0]);
    const stream = await EventClient.subscribed(urls[0]);
    await client.create("others@example.org");
    await stream.untilEvents(1);
    expect(silent.messages).toEqual([]);
    await silent.close();
    await stream.close();
  });
});

describe("a server that is told to stop", () => {
  test("tells its clients, who go on at another one and miss nothing", async () => {
    const leaving = startService("server", settings);
    await leaving.ready();
    const streams = await Promise.all(
      Array.from({ length: 20 }, async () =>
        EventClient.subscribed(await leaving.url(), { filters: [{ kind: "profile" }] }),
      ),
    );
    const exit = leaving.exit("SIGTERM");
    const ids: string[] = [];
    for (let index = 0; index < 30; index += 1) {
      ids.push((await client.create(`stop${index}@example.org`)).id);
      await sleep(50);
    }
    expect(await exit).toBe(0);
    for (const stream of streams) {
      expect(await stream.ended()).toMatchObject({ code: 1012 });
      const cursor = stream.cursor;
      const next = await EventClient.subscribed(urls[1], { filters: [{ kind: "profile" }], cursor });
      expect([...stream.events, ...next.events].map(({ id }) => id)).toEqual(ids);
      await next.close();
    }
  });
});
