import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, createClient, send } from "../client.ts";
import { type Instance, killInstance, signalInstance, until } from "../instance.ts";
import { issuer } from "../issuer.ts";
import { ownServices } from "../own-services.ts";
import { createRedis, startRedis } from "../redis.ts";
import { createSettings, endServices, migrateDatabase, startService } from "../service.ts";

// Outages take their time, and more of it on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const instances: Instance[] = [];
let redis: Instance;
let client: Client;

const quota = 40;
/** Requests a second. */
const rate = 8;

beforeAll(async () => {
  redis = await createRedis(ownServices().directory, "redis-of-the-limits", instances);
});
afterAll(async () => {
  for (const instance of instances) await killInstance(instance);
});

beforeEach(async () => {
  const settings = {
    ...(await createSettings()),
    REDIS_ADDRESS: `127.0.0.1:${redis.port}`,
    // The defaults: how long a frozen Redis keeps requests waiting is what is looked at.
    CACHE_REDIS_TIMEOUT: "",
    RATE_LIMIT_REDIS_TIMEOUT: "",
    RATE_LIMIT_READS: `${quota}/${quota / rate}s`,
  };
  await migrateDatabase(settings);
  const server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
});
afterEach(endServices);

interface Told {
  readonly status: number;
  /** Milliseconds. */
  readonly took: number;
}

/** Asks for more than the budget gives, until it is told to stop. */
async function askOn(subject: string, until: AbortSignal): Promise<readonly Told[]> {
  const { id } = await client.create(`${crypto.randomUUID()}@example.org`);
  const headers = { Authorization: `Bearer ${await issuer.role("viewer", subject)}` };
  const told: Told[] = [];
  const loop = async (): Promise<void> => {
    while (!until.aborted) {
      const askedAt = performance.now();
      const { status } = await send(`${client.url}/api/v1/profiles/${id}`, "GET", undefined, headers);
      told.push({ status, took: performance.now() - askedAt });
      await sleep(50);
    }
  };
  await Promise.all([loop(), loop(), loop()]);
  return told;
}

const decided = (by: string): Promise<number> =>
  client.metric(`rate_limit_decisions_total{policy="reads",outcome="allowed",decided_by="${by}"}`);

async function untilDecidedBy(by: string): Promise<void> {
  const before = await decided(by);
  await until(`${by} to decide`, async () => (await decided(by)) > before);
}

const outages = [
  ["killed", () => killInstance(redis), () => startRedis(redis)],
  ["frozen", async () => signalInstance(redis, "SIGSTOP"), async () => signalInstance(redis, "SIGCONT")],
] as const;

describe.each(outages)("while Redis is %s, and when it is back", (_how, takeAway, bringBack) => {
  test("requests are neither refused for it nor kept waiting, and the budget is one", async () => {
    const done = new AbortController();
    const startedAt = performance.now();
    const asking = askOn(crypto.randomUUID(), done.signal);
    await untilDecidedBy("redis");
    await takeAway();
    await untilDecidedBy("memory");
    await sleep(3_000);
    expect(await client.metric('circuit_breaker_state{dependency="redis-rate-limits",state="closed"}')).toBe(0);
    await bringBack();
    await untilDecidedBy("redis");
    done.abort();
    const told = await asking;
    const seconds = (performance.now() - startedAt) / 1_000;

    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200, 429]));
    // A request may wait for Redis in the limits and in the cache, for as long as each of them lets it.
    expect(Math.max(...told.map(({ took }) => took))).toBeLessThan(1_500);
    // A Redis that was started anew has a full bucket.
    const allowed = told.filter(({ status }) => status === 200).length;
    expect(allowed).toBeLessThanOrEqual(2 * quota + seconds * rate);
    expect(allowed).toBeGreaterThan(quota);
    expect(await client.metric('circuit_breaker_opened_total{dependency="redis-rate-limits"}')).toBeGreaterThan(0);
  });
});
