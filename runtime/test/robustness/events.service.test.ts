import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, expect, test, vi } from "vitest";
import type { EventView } from "../../src/events/event.ts";
import { createClient } from "../client.ts";
import { EventClient } from "../event-client.ts";
import { type Instance, killInstance, until } from "../instance.ts";
import { ownServices } from "../own-services.ts";
import { createPostgres, runSql, startPostgres } from "../postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "../service.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const started: Instance[] = [];
afterEach(async () => {
  await endServices();
  for (const instance of started.splice(0)) await killInstance(instance);
});

async function createPlatform(): Promise<{ readonly postgres: Instance; readonly settings: Settings }> {
  const postgres = await createPostgres(ownServices().directory, `postgresql-${crypto.randomUUID()}`, started);
  const settings = { ...(await createSettings()), DB_PORT: String(postgres.port), DB_NAME: "postgres" };
  await migrateDatabase(settings);
  return { postgres, settings };
}

/** A server that is killed and started again. */
class Replica {
  readonly #settings: Settings;
  #service: Service;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#service = startService("server", settings);
  }

  ready = (): Promise<void> => this.#service.ready();
  url = (): Promise<string> => this.#service.url();

  async kill(signal: NodeJS.Signals): Promise<void> {
    await this.#service.exit(signal);
    this.#service = startService("server", this.#settings);
    await this.#service.ready();
  }
}

const pick = <T>(from: readonly T[]): T => {
  const [one] = from.slice(Math.floor(Math.random() * from.length));
  if (one === undefined) throw new Error("nothing to pick from");
  return one;
};

/** Somebody who goes on reading wherever they were, whatever happens to their connections. */
class Reader {
  /** From each time on which it was told to read anew, and before the first. */
  readonly parts: EventView[][] = [[]];
  readonly #servers: readonly Replica[];
  readonly #stopping = new AbortController();
  readonly #lifetime: number;
  readonly #absence: number;
  cursor: string;
  connections = 0;
  #done: Promise<void> | undefined;

  /**
   * @param lifetime milliseconds that a connection lives on average
   * @param absence milliseconds on average until it comes back
   */
  constructor(servers: readonly Replica[], cursor: string, lifetime: number, absence = 0) {
    this.#servers = servers;
    this.cursor = cursor;
    this.#lifetime = lifetime;
    this.#absence = absence;
  }

  get events(): readonly EventView[] {
    return this.parts.flat();
  }

  start(): void {
    this.#done = this.#read();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #read(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      let stream: EventClient | undefined;
      try {
        stream = await EventClient.open(await pick(this.#servers).url(), `/ws?cursor=${this.cursor}`);
        this.connections += 1;
        const end = performance.now() + Math.random() * 2 * this.#lifetime;
        while (performance.now() < end && stream.closed === undefined && !this.#stopping.signal.aborted) await sleep(5);
      } catch {
        await sleep(50);
      }
      if (stream === undefined) continue;
      // What has not arrived by now was not received, whatever the server sent.
      stream.socket.removeAllListeners("message");
      for (const message of stream.messages) {
        if (message.type === "resync") this.parts.push([]);
        else if (message.type === "events") this.parts.at(-1)?.push(...message.events);
      }
      this.cursor = stream.cursor === "" ? this.cursor : stream.cursor;
      stream.socket.terminate();
      if (!this.#stopping.signal.aborted) await sleep(Math.random() * 2 * this.#absence);
    }
  }
}

/** Changes profiles and tasks, in small transactions and long ones, some of which are undone. */
class Writer {
  readonly #servers: readonly Replica[];
  readonly #port: number;
  readonly #stopping = new AbortController();
  #done: Promise<unknown> | undefined;

  constructor(servers: readonly Replica[], port: number) {
    this.#servers = servers;
    this.#port = port;
  }

  start(): void {
    this.#done = Promise.all([this.#requests(), this.#requests(), this.#transactions(), this.#transactions()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #requests(): Promise<void> {
    const ids: string[] = [];
    while (!this.#stopping.signal.aborted) {
      const email = `${crypto.randomUUID()}@example.org`;
      const chance = Math.random();
      try {
        const client = createClient(await pick(this.#servers).url());
        if (ids.length < 3 || chance < 0.2) ids.push((await client.create(email)).id);
        else if (chance < 0.7) await client.replace(pick(ids), { name: "Changed", email });
        else if (chance < 0.8) await client.delete(ids.shift() ?? "");
        else if (chance < 0.9) await client.delay("profile.update", { profileId: pick(ids), changes: { bio: email } });
        else await client.cancel((await client.delay("echo", {}, 3_600)).id);
      } catch {
        // Something was killed: it happened or not, and the record knows.
        await sleep(50);
      }
      await sleep(Math.random() * 20);
    }
  }

  async #transactions(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const connection = new Client({ host: "127.0.0.1", port: this.#port, user: "postgres", database: "postgres" });
      connection.on("error", () => undefined);
      try {
        await connection.connect();
        await connection.query("BEGIN");
        for (let count = Math.ceil(Math.random() * 4); count > 0; count -= 1) {
          await connection.query(`UPDATE profiles SET version = version + 1, bio = gen_random_uuid()::text
            WHERE id = (SELECT id FROM profiles ORDER BY random() LIMIT 1)`);
          await sleep(Math.random() * 100);
        }
        await connection.query(Math.random() < 0.2 ? "ROLLBACK" : "COMMIT");
      } catch {
        await sleep(50);
      }
      await connection.end().catch(() => undefined);
    }
  }
}

const nameOf = ({ type, id, version }: { type: string; id: string; version: number }): string =>
  `${id} ${version} ${type}`;

async function recorded(port: number): Promise<readonly string[]> {
  const rows = await runSql(port, "postgres", "SELECT type, subject_id AS id, version FROM events ORDER BY id");
  return (rows as unknown as { type: string; id: string; version: number }[]).map(nameOf);
}

/** @param before the version that was told before the first one of a thing */
function expectOrder(events: readonly EventView[], before: (first: EventView) => number): void {
  const latest = new Map<string, number>();
  for (const event of events) {
    const { id, version, type } = event;
    const isLast = type === "profile.deleted" || type === "task.removed";
    const expected = (latest.get(id) ?? before(event)) + (isLast ? 0 : 1);
    expect([id, version]).toEqual([id, expected]);
    latest.set(id, version);
  }
}

/** Once nothing is written any more: every reader has had each event once, those of each thing in their order. */
async function expectComplete(port: number, readers: readonly Reader[]): Promise<readonly string[]> {
  let before = -1;
  const all = await until("the end of all changes", async () => {
    const now = await recorded(port);
    const same = now.length === before;
    before = now.length;
    await sleep(1_500);
    return same ? now : undefined;
  });
  await sleep(3_000);
  await Promise.all(readers.map((reader) => reader.stop()));
  for (const reader of readers) {
    expect(reader.parts).toHaveLength(1);
    expect(reader.events.map(nameOf).toSorted()).toEqual(all.toSorted());
    expectOrder(reader.events, () => 0);
  }
  // And what they have last of each thing is what there is.
  const rows = await runSql(
    port,
    "postgres",
    "SELECT id, version FROM profiles UNION ALL SELECT id, version FROM tasks",
  );
  const latest = new Map(readers[0]?.events.map(({ id, version }) => [id, version]));
  for (const row of rows) expect([row["id"], latest.get(String(row["id"]))]).toEqual([row["id"], row["version"]]);
  return all;
}

test("readers that are cut off at any time end with exactly what happened", async () => {
  const { postgres, settings } = await createPlatform();
  const servers = [new Replica(settings), new Replica(settings)];
  const worker = startService("worker", settings);
  await Promise.all([...servers, worker].map((service) => service.ready()));
  const cursor = (await EventClient.subscribed(await pick(servers).url())).cursor;
  const readers = [50, 200, 1_000, 20_000].map((lifetime) => new Reader(servers, cursor, lifetime));
  const writer = new Writer(servers, postgres.port);
  writer.start();
  readers.forEach((reader) => reader.start());
  await sleep(20_000);
  await writer.stop();
  const all = await expectComplete(postgres.port, readers);
  expect(all.length).toBeGreaterThan(500);
  expect(readers[0]?.connections).toBeGreaterThan(50);
});

test("and so they do when servers and PostgreSQL are killed meanwhile", async () => {
  const { postgres, settings } = await createPlatform();
  const servers = [new Replica(settings), new Replica(settings)];
  const worker = startService("worker", settings);
  await Promise.all([...servers, worker].map((service) => service.ready()));
  const cursor = (await EventClient.subscribed(await pick(servers).url())).cursor;
  const readers = [300, 2_000, 60_000].map((lifetime) => new Reader(servers, cursor, lifetime));
  const writer = new Writer(servers, postgres.port);
  writer.start();
  readers.forEach((reader) => reader.start());
  for (let round = 0; round < 2; round += 1) {
    await sleep(3_000);
    await servers[0]?.kill("SIGKILL");
    await sleep(2_000);
    await killInstance(postgres);
    await startPostgres(postgres);
    await Promise.all([...servers, worker].map((service) => service.ready()));
    await sleep(2_000);
    await servers[1]?.kill("SIGTERM");
  }
  await writer.stop();
  const all = await expectComplete(postgres.port, readers);
  expect(all.length).toBeGreaterThan(200);
});

test("what is removed too soon for somebody is told to them, each time", async () => {
  const { postgres, settings } = await createPlatform();
  const servers = [1, 2].map(() => new Replica({ ...settings, EVENT_RETENTION: "1s" }));
  const worker = startService("worker", settings);
  await Promise.all([...servers, worker].map((service) => service.ready()));
  const cursor = (await EventClient.subscribed(await pick(servers).url())).cursor;
  const readers = [0, 800, 1_600].map((absence) => new Reader(servers, cursor, 300, absence));
  const writer = new Writer(servers, postgres.port);
  writer.start();
  readers.forEach((reader) => reader.start());
  await sleep(30_000);
  await writer.stop();
  await sleep(5_000);
  await Promise.all(readers.map((reader) => reader.stop()));
  const rows = await runSql(postgres.port, "postgres", "SELECT id, version FROM profiles");
  const current = new Map(rows.map(({ id, version }) => [String(id), Number(version)]));
  for (const { parts } of readers) {
    // Without a word there is no gap, however long somebody was away.
    for (const part of parts)
      expectOrder(part, ({ type, version }) => version - (/deleted|removed/.test(type) ? 0 : 1));
    const told = new Map(parts.at(-1)?.map(({ id, version }) => [id, version]));
    for (const [id, version] of told) expect([id, current.get(id) ?? version]).toEqual([id, version]);
  }
  const [never, , often] = readers.map(({ parts }) => parts.length);
  expect(often).toBeGreaterThan(Math.max(2, never ?? 0));
});

test("a database that another took over from has everybody read anew", async () => {
  const { postgres, settings } = await createPlatform();
  const server = startService("server", settings);
  await server.ready();
  const url = await server.url();
  const client = createClient(url);
  const [live, away] = [await EventClient.subscribed(url), await EventClient.subscribed(url)];
  const { cursor } = away;
  await away.close();
  await client.create("before@example.org");
  await live.untilEvents(1);

  // Recovery from an archive that has nothing ends in a timeline of its own, as a promotion does.
  await killInstance(postgres, "SIGINT");
  const signal = join(postgres.directory, "data", "recovery.signal");
  closeSync(openSync(signal, "w"));
  await startPostgres({ ...postgres, args: [...postgres.args, "-c", "restore_command=false"] });
  await until("the end of the recovery", async () => {
    const [row] = await runSql(postgres.port, "postgres", "SELECT pg_is_in_recovery() AS recovering");
    return row?.["recovering"] === false;
  });

  expect(await live.next("resync")).toMatchObject({ reason: "history-changed" });
  const back = await EventClient.open(url, `/ws?cursor=${cursor}`);
  expect(await back.next("resync")).toMatchObject({ reason: "history-changed" });
  await server.ready();
  await client.create("after@example.org");
  for (const stream of [live, back]) {
    await until("the event", async () => stream.events.at(-1)?.type === "profile.created");
    expect(stream.cursor).not.toBe(cursor);
  }
  expect(live.closed).toBeUndefined();
});
