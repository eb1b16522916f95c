import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, createClient } from "../client.ts";
import { until } from "../instance.ts";
import { issuer } from "../issuer.ts";
import { offer, percentile, type Sent } from "../load.ts";
import { ownServices } from "../own-services.ts";
import { runSql } from "../postgres.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "../service.ts";

// Bounds, and wide ones: what is measured here is whether requests are refused, not how fast this machine is.
vi.setConfig({ testTimeout: 180_000 });

let settings: Settings;
let client: Client;
let headers: Readonly<Record<string, string>>;

beforeEach(async () => {
  settings = { ...(await createSettings()), SHEDDING_TARGET_DELAY: "100ms" };
  await migrateDatabase(settings);
  const server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
  headers = { Authorization: `Bearer ${await issuer.token({ subject: crypto.randomUUID() })}` };
});
afterEach(endServices);

const accepted = (sent: readonly Sent[]): readonly Sent[] => sent.filter(({ status }) => status < 300);
const refused = (sent: readonly Sent[]): readonly Sent[] => sent.filter(({ status }) => status === 503);

/** Asks whether the process lives, all the while. @returns the longest that an answer took, in milliseconds */
async function watchHealth(until: AbortSignal): Promise<number> {
  let longest = 0;
  while (!until.aborted) {
    const askedAt = performance.now();
    expect((await fetch(`${client.url}/health`)).status).toBe(200);
    longest = Math.max(longest, performance.now() - askedAt);
    await sleep(100);
  }
  return longest;
}

async function during<T>(work: Promise<T>): Promise<{ readonly result: T; readonly health: number }> {
  const done = new AbortController();
  const health = watchHealth(done.signal);
  const result = await work.finally(() => done.abort());
  return { result, health: await health };
}

describe("a database that is slower than what it is asked for", () => {
  /** Milliseconds that each insert takes: on eight connections 100 a second. */
  const slowness = 80;
  const capacity = 100;

  beforeEach(async () => {
    const { port } = ownServices().postgres;
    const database = settings["DB_NAME"] ?? "";
    await runSql(
      port,
      database,
      `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(${slowness / 1_000}); RETURN NEW; END'`,
    );
    await runSql(
      port,
      database,
      "CREATE TRIGGER dawdle BEFORE INSERT ON profiles FOR EACH ROW EXECUTE FUNCTION dawdle()",
    );
  });

  test("answers what it accepts in time, about as much as it can, and refuses the rest at once", async () => {
    const load = {
      url: `${client.url}/api/v1/profiles`,
      headers,
      rate: 5 * capacity,
      body: () => ({ name: "Ada", email: `${crypto.randomUUID()}@example.org` }),
    };
    // It is found out how much there may be: that takes a second or two.
    await offer({ ...load, duration: 2 });
    const { result, health } = await during(offer({ ...load, duration: 8 }));

    expect(new Set(result.map(({ status }) => status))).toEqual(new Set([201, 503]));
    // Without a limit those that are accepted wait three seconds each, which is when they are given up.
    expect(percentile(accepted(result), 0.99)).toBeLessThan(1_500);
    expect(accepted(result).length).toBeGreaterThan(0.5 * capacity * 8);
    expect(percentile(refused(result), 0.5)).toBeLessThan(200);
    expect(new Set(refused(result).map(({ retryAfter }) => retryAfter))).toEqual(new Set(["1", "2", "3"]));
    expect(health).toBeLessThan(1_000);
    expect(await client.metric('http_requests_shed_total{reason="database_pool"}')).toBeGreaterThan(100);
    expect(await client.metric('circuit_breaker_opened_total{dependency="postgresql"}')).toBe(0);

    // And once it is over, it is over.
    const after = await offer({ ...load, rate: capacity / 4, duration: 3 });
    expect(accepted(after).length).toBe(after.length);
    expect(await client.metric("http_requests_in_flight")).toBe(0);
  });
});

describe("a process that has more to do than it can", () => {
  test("answers what it accepts in time, and goes on telling that it lives", async () => {
    for (let index = 0; index < 100; index += 1) await client.create(`${crypto.randomUUID()}@example.org`);
    const url = `${client.url}/api/v1/profiles?limit=100`;
    // What this machine can do depends on what else it does: more is offered until it is too much.
    let result: readonly Sent[] = [];
    let health = 0;
    for (let rate = 300; refused(result).length <= result.length / 4 && rate <= 10_000; rate *= 2) {
      await offer({ url, headers, rate, duration: 2 });
      ({ result, health } = await during(offer({ url, headers, rate, duration: 5 })));
    }
    expect(new Set(result.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect(accepted(result).length).toBeGreaterThan(100);
    expect(percentile(accepted(result), 0.99)).toBeLessThan(3_000);
    expect(health).toBeLessThan(3_000);
    await until("it to be over", async () => (await client.metric("http_requests_in_flight")) === 0);
    const after = await offer({ url, headers, rate: 20, duration: 3 });
    expect(accepted(after).length).toBe(after.length);
  });
});
