import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, createClient, send } from "../client.ts";
import { type Instance, killInstance, signalInstance, until } from "../instance.ts";
import { ownServices } from "../own-services.ts";
import { createPostgres, startPostgres } from "../postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, startService } from "../service.ts";

// Outages take their time, and more of it on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const started: Instance[] = [];
let postgres: Instance;
let server: Service;
let client: Client;

beforeEach(async () => {
  postgres = await createPostgres(ownServices().directory, `postgresql-${crypto.randomUUID()}`, started);
  const settings = { ...(await createSettings()), DB_PORT: String(postgres.port), DB_NAME: "postgres" };
  await migrateDatabase(settings);
  server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
});
afterEach(async () => {
  await endServices();
  for (const instance of started.splice(0)) await killInstance(instance);
});

const isIn = async (state: string): Promise<boolean> =>
  (await client.metric(`circuit_breaker_state{dependency="postgresql",state="${state}"}`)) === 1;

/** What each of several requests was answered, and the longest that one of them took, in milliseconds. */
async function askAll(): Promise<{ readonly statuses: readonly number[]; readonly longest: number }> {
  const id = crypto.randomUUID();
  const profiles = `${client.url}/api/v1/profiles`;
  const input = { name: "Ada", email: `${id}@example.org` };
  const requests = [
    () => send(profiles),
    () => send(profiles, "POST", input),
    () => send(`${profiles}/${id}`),
    () => send(`${profiles}/${id}`, "PUT", input),
    () => send(`${profiles}/${id}`, "DELETE"),
    () => send(`${client.url}/api/v1/tasks`),
  ];
  const answers = await Promise.all(
    [...requests, ...requests, ...requests].map(async (request) => {
      const askedAt = performance.now();
      const { status, headers } = await request();
      return { status, retryAfter: headers.get("retry-after"), took: performance.now() - askedAt };
    }),
  );
  expect(answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === null)).toEqual([]);
  return { statuses: answers.map(({ status }) => status), longest: Math.max(...answers.map(({ took }) => took)) };
}

/** Milliseconds until the database is used again. */
async function recovery(): Promise<number> {
  const since = performance.now();
  await until(
    "the database to be used again",
    async () => (await send(`${client.url}/api/v1/profiles`)).status === 200,
  );
  return performance.now() - since;
}

const outages = [
  ["killed", () => killInstance(postgres), () => startPostgres(postgres)],
  ["frozen", async () => signalInstance(postgres, "SIGSTOP"), async () => signalInstance(postgres, "SIGCONT")],
] as const;

describe.each(outages)("while PostgreSQL is %s", (_how, takeAway, bringBack) => {
  test("requests are refused in milliseconds, and served within a second after it is back", async () => {
    await askAll();
    await takeAway();
    // These find it out, or are under way when it is found out.
    const first = await askAll();
    expect(new Set(first.statuses)).toEqual(new Set([503]));
    expect(first.longest).toBeLessThan(6_000);
    await until("the circuit to open", () => isIn("open"), 10_000);
    for (let round = 0; round < 5; round += 1) {
      const { statuses, longest } = await askAll();
      expect(new Set(statuses)).toEqual(new Set([503]));
      expect(longest).toBeLessThan(400);
    }
    expect((await send(`${client.url}/health`)).status).toBe(200);
    await until("an unready server", async () => (await send(`${client.url}/ready`)).status === 503, 10_000);
    expect(server.logs.filter(({ msg }) => msg.startsWith("a circuit is open"))).not.toEqual([]);

    await bringBack();
    expect(await recovery()).toBeLessThan(1_500);
    expect(await isIn("closed")).toBe(true);
    await server.ready();
    expect(await client.metric('circuit_breaker_opened_total{dependency="postgresql"}')).toBe(1);
    expect(server.logs.filter(({ msg }) => msg === "a circuit is closed again")).toHaveLength(1);
    const { profile } = (await client.read((await client.create("after@example.org")).id)).body;
    expect(profile.version).toBe(1);
  });
});

test("what the cache may still answer it answers while the circuit is open", async () => {
  const { id } = await client.create("cached@example.org");
  await until("a cached read", async () => (await client.read(id)).body.source === "cache");
  await killInstance(postgres);
  expect(new Set((await askAll()).statuses)).toEqual(new Set([503]));
  expect(await isIn("closed")).toBe(false);
  const { status, body } = await client.read(id);
  expect([status, body.source]).toEqual([200, "cache"]);
});
