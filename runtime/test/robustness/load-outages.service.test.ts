import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createClient } from "../client.ts";
import { type Instance, killInstance, until } from "../instance.ts";
import { issuer } from "../issuer.ts";
import { held, type LoadReport, type Outage, renderReport, runMixedLoad } from "../mixed-load/index.ts";
import { ownServices } from "../own-services.ts";
import { createPostgres, makeDirectory, runSql, startPostgres } from "../postgres.ts";
import { brokerUri, createRabbitmq, startRabbitmq } from "../rabbitmq.ts";
import { createRedis, emptyRedis, startRedis } from "../redis.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "../service.ts";

// Outages take their time, and more of it on a busy machine.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 180_000 });

/** Requests a second, which a machine holds that does other things as well. */
const rate = 60;
const recoverWithinMs = 150_000;
/** After which no request is under way that was begun before. */
const inFlightMs = 1_000;

interface Stores {
  readonly postgres: Instance;
  readonly redis: Instance;
  readonly rabbitmq: Instance;
}

const started: Instance[] = [];
let stores: Stores;

beforeAll(async () => {
  const { directory } = ownServices();
  // The broker is started as whoever may not read the folders of others.
  const own = join(directory, "load-outages");
  makeDirectory(directory, "load-outages");
  stores = {
    postgres: await createPostgres(own, "postgresql", started),
    redis: await createRedis(own, "redis", started),
    rabbitmq: await createRabbitmq(own, started),
  };
});
afterEach(endServices);
afterAll(async () => {
  for (const instance of started.toReversed()) await killInstance(instance);
});

/** Two servers and a worker on stores of their own. @returns the addresses of the servers */
async function startServices(database: string): Promise<readonly string[]> {
  const { postgres, redis, rabbitmq } = stores;
  await runSql(postgres.port, "postgres", `CREATE DATABASE ${database}`);
  const settings: Settings = {
    ...(await createSettings()),
    DB_PORT: String(postgres.port),
    DB_NAME: database,
    REDIS_ADDRESS: `127.0.0.1:${redis.port}`,
    QUEUE_URI: brokerUri(rabbitmq.port),
  };
  await migrateDatabase(settings);
  const servers = [startService("server", settings), startService("server", settings)];
  await Promise.all([...servers, startService("worker", settings)].map((service) => service.ready()));
  return Promise.all(servers.map((server) => server.url()));
}

/** Kills a store, and starts it again once every server has noticed. */
function killed(
  name: string,
  dependency: string,
  instance: Instance,
  start: (instance: Instance) => Promise<void>,
  urls: readonly string[],
): Outage {
  const noticed = async (url: string): Promise<boolean> =>
    (await createClient(url).metric(`dependency_up{dependency="${dependency}"}`)) === 0;
  return {
    name,
    kill: () => killInstance(instance),
    restored: async () => {
      await until(`every server to miss ${name}`, async () => (await Promise.all(urls.map(noticed))).every(Boolean));
      await start(instance);
    },
  };
}

async function load(urls: readonly string[], requests: number, outages: readonly Outage[]): Promise<LoadReport> {
  const token = await issuer.token();
  const report = await runMixedLoad({
    urls,
    token: async () => token,
    count: 10,
    rate,
    requests,
    outages,
    recoverWithinMs,
    random: Math.random,
    now: () => performance.now(),
    say: (text) => console.log(text),
  });
  console.log(renderReport(report));
  return report;
}

test("Redis, RabbitMQ and PostgreSQL killed under load: no acknowledged write is lost, and no read is wrong", async () => {
  const urls = await startServices("outages");
  const report = await load(urls, 60 * rate, [
    killed("Redis", "redis", stores.redis, startRedis, urls),
    killed("RabbitMQ", "rabbitmq", stores.rabbitmq, startRabbitmq, urls),
    killed("PostgreSQL", "postgresql", stores.postgres, startPostgres, urls),
  ]);
  expect([report.findings, report.problems]).toEqual([[], []]);
  expect(held(report)).toBe(true);
  expect(report).toMatchObject({ lost: 0, wrongReads: 0, doubleEffects: 0, wrongAnswers: 0 });
  // It would be nothing to have lost nothing of nothing.
  expect(report.checkedReads).toBeGreaterThan(2_000);
  expect(report.acknowledgedWrites).toBeGreaterThan(200);
  expect(Object.keys(report.acknowledged).sort()).toEqual(["create", "delay", "delete", "update", "upload"]);
  expect(report.final?.tasks).toBe(report.acknowledged.delay);
  const phases = report.phases.map(({ name }) => name);
  expect(phases).toEqual([
    "before",
    ...["Redis", "RabbitMQ", "PostgreSQL"].flatMap((name) => [`${name} killed`, `after ${name}`]),
  ]);
  const failed = (name: string): number => report.phases.find((phase) => phase.name === name)?.failed ?? Number.NaN;
  // Stale copies can only be found where copies are read.
  for (const { name, cached } of report.phases) expect([name, cached > 0]).toEqual([name, true]);
  // It was in the middle of the load that the database was away.
  expect(failed("PostgreSQL killed")).toBeGreaterThan(0);
});

test("a profile and a task that somebody removes behind the platform's back are found to be lost", async () => {
  const urls = await startServices("tampered");
  const sql = (statement: string) => runSql(stores.postgres.port, "tampered", statement);
  // The last profile that was made is one that is in use.
  const newest = (table: string): string => `SELECT id FROM ${table} ORDER BY created_at DESC LIMIT 1`;
  const deletion = (table: string): string => `DELETE FROM ${table} WHERE id = (${newest(table)}) RETURNING id`;
  const removed: string[] = [];
  const hand: Outage = {
    name: "a hand in the database",
    kill: async () => {
      for (const table of ["profiles", "tasks"]) {
        const row = await until(`${table} to remove`, async () => (await sql(deletion(table)))[0]);
        removed.push(String(row["id"]));
      }
    },
    // A copy may be read for as long as it is there: the cache does not look at what others do to the database.
    restored: async () => {
      await sleep(inFlightMs);
      await emptyRedis(stores.redis);
    },
  };
  const report = await load(urls, 8 * rate, [hand]);
  expect(held(report)).toBe(false);
  expect(report.findings.map(({ profile }) => profile)).toContain(removed[0]);
  expect(report.findings).toContainEqual(
    expect.objectContaining({ kind: "lost-write", write: expect.stringContaining(removed[1] ?? "no task") }),
  );
});
