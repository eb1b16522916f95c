import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import type { ProfileView } from "../../src/profiles/profile.ts";
import { slotOf } from "../../src/shards/slots.ts";
import { type Client, createClient, type ProfileBody, send } from "../client.ts";
import { type Instance, killInstance, until } from "../instance.ts";
import { ownServices } from "../own-services.ts";
import { readAll } from "../pages.ts";
import { createPostgres, runSql, startPostgres } from "../postgres.ts";
import {
  createSettings,
  endServices,
  migrateDatabase,
  reshardDatabases,
  type Service,
  type Settings,
  startService,
} from "../service.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const started: Instance[] = [];
afterEach(async () => {
  await endServices();
  for (const instance of started.splice(0)) await killInstance(instance);
});

/** Profiles that are there before, and that nobody touches. */
const resting = 2_000;

/** Writers at once. */
const writers = 4;

/** What one profile may be: what was acknowledged last, and whatever may have happened since. Undefined: it is gone. */
type Possible = readonly (string | undefined)[];

/** Writes to profiles of its own at one server or another, and notes what was acknowledged. */
class Writer {
  readonly profiles = new Map<string, Possible>();
  /** Names of profiles whose creation was not answered. */
  readonly uncertain = new Set<string>();
  readonly faults: string[] = [];
  acknowledged = 0;
  readonly #number: number;
  readonly #clients: readonly Client[];
  readonly #stopping = new AbortController();
  #count = 0;
  #done: Promise<void> | undefined;

  constructor(number: number, clients: readonly Client[]) {
    this.#number = number;
    this.#clients = clients;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#count += 1;
      const client = this.#clients[this.#count % this.#clients.length];
      const ids = [...this.profiles.keys()];
      const id = ids[Math.floor(Math.random() * ids.length)];
      if (client === undefined) return;
      if (id === undefined || this.#count % 4 === 0) await this.#create(client);
      else if (this.#count % 17 === 0) await this.#delete(client, id);
      else if (this.#count % 3 === 0) await this.#read(client, id);
      else await this.#replace(client, id);
      await sleep(20);
    }
  }

  #input(): { readonly name: string; readonly email: string } {
    const name = `${this.#number}-${this.#count}`;
    return { name, email: `${name}@writer.example` };
  }

  async #create(client: Client): Promise<void> {
    const input = this.#input();
    const answer = await attempt(send<ProfileBody>(`${client.url}/api/v1/profiles`, "POST", input));
    if (answer?.status === 201) this.#note(answer.body.profile.id, [input.name]);
    else if (answer === undefined || answer.status === 503) this.uncertain.add(input.name);
    else this.#fault("create", answer);
  }

  async #replace(client: Client, id: string): Promise<void> {
    const before = this.profiles.get(id) ?? [];
    // Every other time with another address, which has to be taken and given back.
    const input = this.#input();
    const answer = await attempt(client.replace(id, input));
    if (answer?.status === 200) this.#note(id, [input.name]);
    else if (answer === undefined || answer.status === 503) this.profiles.set(id, [...before, input.name]);
    else if (answer.status !== 404 || !before.includes(undefined)) this.#fault("replace", answer);
  }

  async #delete(client: Client, id: string): Promise<void> {
    const before = this.profiles.get(id) ?? [];
    const answer = await attempt(client.delete(id));
    if (answer?.status === 204) this.#note(id, [undefined]);
    else if (answer === undefined || answer.status === 503) this.profiles.set(id, [...before, undefined]);
    else if (answer.status !== 404 || !before.includes(undefined)) this.#fault("delete", answer);
  }

  async #read(client: Client, id: string): Promise<void> {
    const possible = this.profiles.get(id) ?? [];
    const answer = await attempt(client.read(id));
    if (answer === undefined || answer.status === 503) return;
    const found = answer.status === 404 ? undefined : answer.body.profile.name;
    if (!possible.includes(found)) this.#fault(`read of ${id}, which is ${String(possible)}`, answer);
  }

  #note(id: string, possible: Possible): void {
    this.acknowledged += 1;
    this.profiles.set(id, possible);
  }

  #fault(what: string, { status, body }: { readonly status: number; readonly body: unknown }): void {
    this.faults.push(`${what}: ${status} ${JSON.stringify(body)}`);
  }
}

/** @returns undefined when there was no answer */
async function attempt<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch(() => undefined);
}

async function begin(): Promise<{ readonly settings: Settings; readonly databases: readonly Instance[] }> {
  const { directory } = ownServices();
  const parameters = ["max_prepared_transactions=50"];
  const home = await createPostgres(directory, `home-${crypto.randomUUID()}`, started, parameters);
  const away = await createPostgres(directory, `away-${crypto.randomUUID()}`, started, parameters);
  const ports = { DB_PORT: String(home.port), DB_SHARDS: `127.0.0.1:${away.port}` };
  const settings = { ...(await createSettings()), ...ports, DB_NAME: "postgres" };
  await migrateDatabase(settings);
  await runSql(
    home.port,
    "postgres",
    `INSERT INTO profiles (id, name, email) SELECT gen_random_uuid(), 'Resting', n || '@resting.example'
     FROM generate_series(1, ${resting}) AS n`,
  );
  return { settings, databases: [home, away] };
}

const movedSlots = async ({ port }: Instance): Promise<number> => {
  const sql = `SELECT coalesce(sum(upper(range) - lower(range)), 0)::int AS count
    FROM shard, unnest(slots) AS range`;
  const [row] = await runSql(port, "postgres", sql);
  return Number(row?.["count"]);
};

test("one database becomes two under load, with the program and a server killed meanwhile: nothing is lost", async () => {
  const { settings, databases } = await begin();
  const [home, away] = databases;
  if (home === undefined || away === undefined) throw new Error("there are two");
  const servers = [startService("server", settings), startService("server", settings)];
  await Promise.all(servers.map((server) => server.ready()));
  const clients = await Promise.all(servers.map(async (server) => createClient(await server.url())));
  const load = Array.from({ length: writers }, (_, number) => new Writer(number, clients));
  for (const writer of load) writer.start();
  await until("some profiles", async () => load.every(({ profiles }) => profiles.size > 3));

  // Listings go on all the while, and always have all that nobody touches.
  const listing = watchListing(clients[0]);
  for (const progress of [60, 150]) {
    const run: Service = startService("reshard", settings);
    await until(`${progress} moved slots`, async () => (await movedSlots(away)) >= progress, 180_000);
    await run.exit("SIGKILL");
  }
  await servers[1]?.exit("SIGKILL");
  await reshardDatabases(settings);
  const listings = await listing.stop();
  for (const writer of load) await writer.stop();

  expect(load.flatMap(({ faults }) => faults)).toEqual([]);
  expect(load.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(200);
  expect(listings.complete).toBeGreaterThan(0);
  expect(listings.incomplete).toEqual([]);
  expect([await movedSlots(home), await movedSlots(away)]).toEqual([512, 512]);
  await until("the end of all transactions", async () => {
    const left = await Promise.all(databases.map(({ port }) => runSql(port, "postgres", "TABLE pg_prepared_xacts")));
    return left.flat().length === 0;
  });

  const url = clients[0]?.url ?? "";
  const listed = new Map((await readAll(url, { limit: "100", search: "writer" })).map((each) => [each.id, each.name]));
  for (const { profiles, uncertain } of load) {
    for (const [id, possible] of profiles) {
      expect([id, possible.includes(listed.get(id))]).toEqual([id, true]);
      const answer = await send<ProfileBody>(`${url}/api/v1/profiles/${id}`);
      expect(answer.status === 404 ? undefined : answer.body.profile.name).toBe(listed.get(id));
      listed.delete(id);
    }
    for (const [id, name] of listed) if (uncertain.has(name)) listed.delete(id);
  }
  // What is there beside that was created by nobody.
  expect([...listed]).toEqual([]);

  const strays = "SELECT id FROM profiles, shard WHERE NOT slots @> slot_of(id)";
  const emails = "SELECT lower(email) AS email FROM profiles";
  const found = await Promise.all(databases.map(({ port }) => runSql(port, "postgres", emails)));
  const noted = await runSql(home.port, "postgres", "SELECT email FROM profile_emails");
  expect(sorted(noted)).toEqual(sorted(found.flat()));
  for (const { port } of databases) expect(await runSql(port, "postgres", strays)).toEqual([]);
});

test("while one of two databases is away, profiles in the other are read and written, and nothing ends", async () => {
  const { settings, databases } = await begin();
  const [, away] = databases;
  if (away === undefined) throw new Error("there are two");
  await reshardDatabases(settings);
  const server = startService("server", settings);
  await server.ready();
  const client = createClient(await server.url());
  const [atHome, elsewhere] = [await createIn(client, 0), await createIn(client, 512)];
  const replace = async ({ id, email }: ProfileView) => (await client.replace(id, { name: "Replaced", email })).status;
  const list = async () => (await send(`${client.url}/api/v1/profiles`)).status;

  await killInstance(away);
  await until("the database to be missed", async () => (await replace(elsewhere)) === 503);
  const circuit = 'circuit_breaker_state{dependency="postgresql-shard-1",state="open"}';
  await until("its circuit to open", async () => (await client.metric(circuit)) === 1);
  for (let count = 0; count < 10; count += 1) {
    expect([await replace(atHome), (await client.read(atHome.id)).status]).toEqual([200, 200]);
    expect([await replace(elsewhere), await list()]).toEqual([503, 503]);
  }
  expect((await send(`${client.url}/ready`)).status).toBe(200);

  await startPostgres(away);
  await until("the database to be used again", async () => (await replace(elsewhere)) === 200);
  expect(await list()).toBe(200);
  expect([server.process.exitCode, server.process.signalCode]).toEqual([null, null]);
});

/** A profile in one of the 512 slots from one on. */
async function createIn(client: Client, from: number): Promise<ProfileView> {
  for (;;) {
    const profile = await client.create(`${crypto.randomUUID()}@example.org`);
    const slot = slotOf(profile.id);
    if (slot >= from && slot < from + 512) return profile;
  }
}

function sorted(rows: readonly Record<string, unknown>[]): readonly string[] {
  return rows.map((row) => String(row["email"])).toSorted();
}

interface Listings {
  readonly complete: number;
  readonly incomplete: readonly string[];
}

/** Reads one page after the other of what nobody touches, again and again. */
function watchListing(client: Client | undefined): { stop(): Promise<Listings> } {
  const stopping = new AbortController();
  const run = async (): Promise<Listings> => {
    let complete = 0;
    const incomplete: string[] = [];
    while (!stopping.signal.aborted) {
      const listed = await readAll(client?.url ?? "", { name: "resting", sort: "name", limit: "100" });
      const ids = new Set(listed.map(({ id }) => id));
      if (listed.length === resting && ids.size === resting) complete += 1;
      else incomplete.push(`${listed.length} profiles, ${ids.size} of them different`);
    }
    return { complete, incomplete };
  };
  const running = run();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
