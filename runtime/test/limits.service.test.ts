import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ProblemDetails } from "../src/kit/http/problem.ts";
import { type Policy, remaining } from "../src/limits/policy.ts";
import { RedisBuckets } from "../src/limits/redis.ts";
import { createClient, send } from "./client.ts";
import { issuer } from "./issuer.ts";
import { ownServices } from "./own-services.ts";
import { redisPassword } from "./redis.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

describe("buckets in Redis", () => {
  let redis: Redis;
  let buckets: RedisBuckets;
  /** Whose bucket: nobody's before. */
  let who: string;
  const policy: Policy = { name: "reads", quota: 30, window: 3_600_000 };
  const key = (): string => `rate-limit:${who}`;

  beforeAll(() => {
    redis = new Redis({ host: "127.0.0.1", port: ownServices().redis.port, password: redisPassword, db: 8 });
    buckets = new RedisBuckets(redis);
  });
  beforeEach(() => {
    who = crypto.randomUUID();
  });
  afterAll(() => redis.disconnect());

  test("give what they hold, whoever asks at the same time", async () => {
    const decisions = await Promise.all(Array.from({ length: 100 }, () => buckets.take(policy, who)));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(policy.quota);
    const left = decisions.map(({ untilFull }) => remaining(policy, untilFull));
    expect(left.slice(0, 31)).toEqual([...Array.from({ length: 30 }, (_, index) => 29 - index), 0]);
  });

  test("fill up by the clock of Redis", async () => {
    const quick = { name: "reads", quota: 2, window: 1_000 };
    expect((await buckets.take(quick, who)).allowed).toBe(true);
    expect((await buckets.take(quick, who)).allowed).toBe(true);
    expect((await buckets.take(quick, who)).allowed).toBe(false);
    await expect.poll(async () => (await buckets.take(quick, who)).allowed, { timeout: 5_000 }).toBe(true);
  });

  test("are forgotten as soon as they are full, so that Redis keeps no more than those in use", async () => {
    const { untilFull } = await buckets.take(policy, who);
    const life = await redis.pttl(key());
    expect(untilFull).toBe(policy.window / policy.quota);
    expect(life).toBeGreaterThan(untilFull - 5_000);
    expect(life).toBeLessThanOrEqual(untilFull);
  });

  test("that a clock set back has left behind count as empty, and not as empty for as long", async () => {
    const far = Date.now() * 1_000 + 1e15;
    await redis.set(key(), far.toFixed(0), "PX", 60_000);
    const decision = await buckets.take(policy, who);
    expect(decision).toEqual({ allowed: false, untilFull: policy.window });
  });
});

describe("two servers", () => {
  const budgets = { RATE_LIMIT_READS: "20/1h", RATE_LIMIT_WRITES: "5/1h", RATE_LIMIT_ANONYMOUS: "4/1h" };
  let settings: Settings;

  beforeAll(async () => {
    settings = await createSettings();
    await migrateDatabase(settings);
  });
  afterEach(endServices);

  async function start(environment: Settings): Promise<string> {
    const server = startService("server", { ...settings, ...environment });
    await server.ready();
    return server.url();
  }

  const bearer = async (subject: string) => ({ Authorization: `Bearer ${await issuer.role("admin", subject)}` });

  test("share the budgets of a subject", async () => {
    const urls = await Promise.all([start(budgets), start(budgets)]);
    const headers = await bearer(crypto.randomUUID());
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => send(`${urls[index % 2]}/api/v1/profiles`, "GET", undefined, headers)),
    );
    const byStatus = Map.groupBy(answers, ({ status }) => status);
    const counts = Object.fromEntries([...byStatus].map(([status, { length }]) => [status, length]));
    expect(counts).toEqual({ 200: 20, 429: 40 });
    const left = (byStatus.get(200) ?? []).map(
      (answer) => /;r=(\d+);/.exec(answer.headers.get("ratelimit") ?? "")?.[1],
    );
    expect(left.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));

    const refused = byStatus.get(429)?.[0];
    expect(refused?.headers.get("ratelimit-policy")).toBe('"reads";q=20;w=3600');
    expect(refused?.headers.get("ratelimit")).toMatch(/^"reads";r=0;t=(3600|359\d)$/);
    expect(refused?.headers.get("retry-after")).toMatch(/^(180|17\d)$/);
    expect(refused?.body).toMatchObject({ type: "urn:profile-platform:problem:rate-limited", status: 429 });

    // Writes have a budget of their own, of which the requests that are refused for another reason are part as well.
    const writes = [];
    for (let index = 0; index < 7; index += 1) {
      const answer = await send(`${urls[index % 2]}/api/v1/profiles`, "POST", { name: "" }, headers);
      writes.push(answer.status);
    }
    expect(writes).toEqual([400, 400, 400, 400, 400, 429, 429]);
    const each = await Promise.all(
      urls.map(async (url) => {
        const client = createClient(url);
        expect(await client.metric('circuit_breaker_state{dependency="redis-rate-limits",state="closed"}')).toBe(1);
        return client.metric('rate_limit_decisions_total{policy="reads",outcome="allowed",decided_by="redis"}');
      }),
    );
    expect(each.reduce((sum, count) => sum + count, 0)).toBe(20);
  });

  test("share the budget of an address, which nobody's X-Forwarded-For changes unless a proxy is trusted", async () => {
    const [plain, behindProxy] = await Promise.all([start(budgets), start({ ...budgets, TRUSTED_PROXY_HOPS: "1" })]);
    const forwarded = (text: string) => ({ "X-Forwarded-For": text });
    const ask = async (url: string, text: string): Promise<number> =>
      (await fetch(`${url}/openapi.json`, { headers: forwarded(text) })).status;
    const someone = `2001:db8:${(Date.now() % 65_536).toString(16)}:1`;
    const proxied: number[] = [];
    for (let host = 1; host <= 5; host += 1) proxied.push(await ask(behindProxy, `192.0.2.9, ${someone}::${host}`));
    expect(proxied).toEqual([200, 200, 200, 200, 429]);

    const direct: number[] = [];
    for (let host = 1; host <= 5; host += 1) direct.push(await ask(plain, `192.0.2.${host}`));
    expect(direct.at(-1)).toBe(429);
    expect((await fetch(`${plain}/images/x/y`)).status).toBe(429);
    for (const path of ["/health", "/ready"]) expect((await fetch(plain + path)).status).toBe(200);
  });

  test("refuse bad tokens of an address together, without checking any more, and still let others in", async () => {
    const limits = { RATE_LIMIT_REFUSALS: "6/1h", TRUSTED_PROXY_HOPS: "1" };
    const urls = await Promise.all([start(limits), start(limits)]);
    const from = { "X-Forwarded-For": `198.51.100.${Date.now() % 250}` };
    const good = { ...from, ...(await bearer(crypto.randomUUID())) };
    for (const url of urls) expect((await send(`${url}/api/v1/profiles`, "GET", undefined, good)).status).toBe(200);
    const bad = { ...from, Authorization: `Bearer ${await issuer.token({ claims: { exp: 1 } })}` };
    const statuses: number[] = [];
    let latest: ProblemDetails | undefined;
    for (let index = 0; index < 12; index += 1) {
      const { status, body } = await send(`${urls[index % 2]}/api/v1/profiles`, "GET", undefined, bad);
      statuses.push(status);
      latest = body;
    }
    expect(statuses).toEqual([...Array<number>(6).fill(401), ...Array<number>(6).fill(429)]);
    expect(latest?.detail).toMatch(/^The budget "refusals" of this address, 6 requests in 3600 s, is used up;/);
    const client = createClient(urls[0]);
    const checked = await client.metric('auth_requests_total{outcome="expired"}');
    for (let index = 0; index < 10; index += 1) await send(`${urls[0]}/api/v1/profiles`, "GET", undefined, bad);
    expect(await client.metric('auth_requests_total{outcome="expired"}')).toBe(checked);
    for (const url of urls) expect((await send(`${url}/api/v1/profiles`, "GET", undefined, good)).status).toBe(200);
  });
});
