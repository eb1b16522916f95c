import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, createClient, send } from "../client.ts";
import { type Instance, killInstance, signalInstance, until } from "../instance.ts";
import { ownServices } from "../own-services.ts";
import { readAll, readPage } from "../pages.ts";
import { createPostgres, createReplica, runSql, startPostgres } from "../postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "../service.ts";

// Outages take their time, and more of it on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const started: Instance[] = [];
let usual: Settings;
let primary: Instance;
let replica: Instance;
let server: Service;
let client: Client;

/** Settings of a server that writes to one PostgreSQL and may read from another. */
function settingsOf(writes: Instance, reads: Instance): Settings {
  const ports = { DB_PORT: String(writes.port), DB_READ_PORT: String(reads.port) };
  return { ...usual, ...ports, DB_NAME: "postgres", DB_READ_HOST: "127.0.0.1" };
}

async function begin(settings: Settings): Promise<void> {
  server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
}

beforeEach(async () => {
  const { directory } = ownServices();
  usual = await createSettings();
  primary = await createPostgres(directory, `primary-${crypto.randomUUID()}`, started);
  await migrateDatabase(settingsOf(primary, primary));
  replica = await createReplica(directory, `replica-${crypto.randomUUID()}`, primary, started);
  await begin(settingsOf(primary, replica));
  await replicaIsRead();
});
afterEach(async () => {
  await endServices();
  for (const instance of started.splice(0)) await killInstance(instance);
});

const reads = (outcome: string): Promise<number> => client.metric(`db_replica_reads_total{outcome="${outcome}"}`);

async function circuitIs(state: string): Promise<boolean> {
  return (await client.metric(`circuit_breaker_state{dependency="postgresql-replica",state="${state}"}`)) === 1;
}

/** Waits until a listing comes from the replica. */
async function replicaIsRead(): Promise<void> {
  const before = await reads("replica");
  await until("a listing from the replica", async () => {
    await readPage(client.url, {});
    return (await reads("replica")) > before;
  });
}

let created = 0;

/** Creates profiles, and requires each to be in the listing that is asked for next. @returns the longest it took, in ms */
async function writeAndList(count: number): Promise<number> {
  let longest = 0;
  for (let index = 0; index < count; index += 1) {
    created += 1;
    const { id } = await client.create(`${created}@example.org`);
    const askedAt = performance.now();
    const { profiles } = await readPage(client.url, { sort: "-createdAt", limit: "1" });
    longest = Math.max(longest, performance.now() - askedAt);
    expect(profiles.map((profile) => profile.id)).toEqual([id]);
  }
  return longest;
}

const outages = [
  ["stopped", () => killInstance(replica), () => startPostgres(replica)],
  ["frozen", async () => signalInstance(replica, "SIGSTOP"), async () => signalInstance(replica, "SIGCONT")],
  [
    "kept from applying what arrives",
    () => runSql(replica.port, "postgres", "SELECT pg_wal_replay_pause()"),
    () => runSql(replica.port, "postgres", "SELECT pg_wal_replay_resume()"),
  ],
] as const;

describe.each(outages)("while the replica is %s", (_how, takeAway, bringBack) => {
  test("listings come from the primary, are complete, and soon cost no time", async () => {
    await writeAndList(5);
    await takeAway();
    expect(await writeAndList(10)).toBeLessThan(6_000);
    await until("the circuit to open", () => circuitIs("open"));
    expect(await writeAndList(20)).toBeLessThan(1_000);
    expect(await reads("left_alone")).toBeGreaterThanOrEqual(20);
    expect((await send(`${client.url}/ready`)).status).toBe(200);
    await bringBack();
    await replicaIsRead();
    expect(await circuitIs("closed")).toBe(true);
    await writeAndList(5);
  });
});

describe("a replica that is promoted while the primary goes on", () => {
  test("is not read any more, whatever happens there", async () => {
    await runSql(replica.port, "postgres", "SELECT pg_promote()");
    await runSql(
      replica.port,
      "postgres",
      "INSERT INTO profiles (id, name, email) VALUES (gen_random_uuid(), 'Nobody', 'nobody@example.org')",
    );
    const before = await reads("replica");
    await writeAndList(20);
    expect((await readAll(client.url, { limit: "100" })).map(({ name }) => name)).not.toContain("Nobody");
    expect(await reads("replica")).toBe(before);
    await until("the circuit to open", () => circuitIs("open"));
    expect((await send(`${client.url}/ready`)).status).toBe(200);
  });
});

describe("a standby that knows more of the old primary than the new one does", () => {
  test("is not read", async () => {
    const successor = await createReplica(ownServices().directory, "successor", primary, started);
    await killInstance(successor);
    await client.create("lost@example.org", "Lost in the failover");
    // As much as the new primary will write, and more: where it is says nothing against the standby.
    await runSql(primary.port, "postgres", "SELECT pg_switch_wal()");
    await client.create("lost-as-well@example.org", "Lost in the failover");
    const arrived = "SELECT count(*)::int AS count FROM profiles WHERE email = 'lost-as-well@example.org'";
    await until("the profile on the standby", async () => {
      const [row] = await runSql(replica.port, "postgres", arrived);
      return row?.["count"] === 1;
    });
    await server.exit("SIGTERM");
    await killInstance(primary);
    await startPostgres(successor);
    await runSql(successor.port, "postgres", "SELECT pg_promote()");

    await begin(settingsOf(successor, replica));
    for (let count = 0; count < 5; count += 1) {
      expect((await readAll(client.url, {})).map(({ name }) => name)).not.toContain("Lost in the failover");
    }
    expect(await reads("replica")).toBe(0);
    await until("the circuit to open", () => circuitIs("open"));
    expect(server.logs.find(({ msg }) => msg.startsWith("a circuit is open"))).toMatchObject({
      reason: "what it has is from another history of the database",
    });
  });
});

describe("the primary restarted", () => {
  test("listings are refused while it is away, and come from the replica again afterwards", async () => {
    await killInstance(primary);
    const { status, body } = await send(`${client.url}/api/v1/profiles`);
    expect([status, body.detail]).toEqual([503, "postgresql cannot be reached; try again shortly."]);
    await startPostgres(primary);
    await server.ready();
    await replicaIsRead();
    await writeAndList(5);
  });
});
