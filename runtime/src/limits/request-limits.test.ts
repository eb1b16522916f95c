import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Issuer, issuer, makeKey } from "../../test/issuer.ts";
import { issuerSettings, issuerVerifier } from "../../test/issuer-verifier.ts";
import { authenticate } from "../auth/authenticate.ts";
import { guardRoutes } from "../auth/guard.ts";
import { createAuthMetrics } from "../auth/metrics.ts";
import { tokenAdvice } from "../auth/problems.ts";
import { type Environment, loadConfig } from "../kit/config.ts";
import { Health } from "../kit/health.ts";
import { createApp } from "../kit/http/app.ts";
import { type Listening, listen } from "../kit/http/listen.ts";
import { createLogger } from "../kit/log.ts";
import { createDependencyGauge } from "../kit/metrics.ts";
import { serverOperations } from "../server/openapi.ts";
import { limitVariables, policiesOf } from "./config.ts";
import { KnownTokens } from "./known-tokens.ts";
import { Limiter } from "./limiter.ts";
import { MemoryBuckets } from "./memory.ts";
import { createLimitMetrics } from "./metrics.ts";
import { RequestLimits } from "./request-limits.ts";

let http: Listening | undefined;
let now: number;
/** Tokens whose signature was checked. */
let checked: number;

/** The server's guard with its limits, on memory alone, in front of nothing: what it lets pass is answered with 404. */
async function start(environment: Environment): Promise<void> {
  const registry = new Registry();
  const log = createLogger("server", "silent");
  const config = loadConfig(limitVariables, environment);
  const memory = new MemoryBuckets(100);
  const policies = policiesOf(config);
  const limits = new RequestLimits({
    limiter: new Limiter({
      memory,
      redis: { take: () => Promise.reject(new Error("there is no Redis")) },
      breaker: { run: (work) => work({ cutOff: false }) },
      metrics: createLimitMetrics(registry, Object.values(policies), () => memory.size),
      now: () => now,
    }),
    policies,
    known: new KnownTokens(10),
  });
  const verify = issuerVerifier(() => {
    checked += 1;
  });
  const metrics = createAuthMetrics(registry, () => 0);
  const authenticated = authenticate({ verify, metrics, advice: tokenAdvice(issuerSettings), limits });
  const guard = guardRoutes(serverOperations, authenticated, authenticated, limits);
  const health = new Health({ dependencies: [], gauge: createDependencyGauge(registry), log });
  health.setObstacle(undefined);
  http = await listen(createApp({ log, registry, health, guard, trustedProxyHops: config.TRUSTED_PROXY_HOPS }), 0);
}

beforeEach(() => {
  now = 0;
  checked = 0;
});
afterEach(async () => {
  http?.destroy();
  await http?.close();
  http = undefined;
});

interface Asked {
  readonly token?: string;
  readonly method?: string;
  readonly forwarded?: string;
}

async function ask(path: string, { token, method = "GET", forwarded }: Asked = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${http?.port}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(forwarded === undefined ? {} : { "X-Forwarded-For": forwarded }),
    },
  });
}

async function statuses(times: number, path: string, asked: Asked = {}): Promise<readonly number[]> {
  const found: number[] = [];
  for (let time = 0; time < times; time += 1) found.push((await ask(path, asked)).status);
  return found;
}

const budgetOf = ({ headers }: Response): readonly (string | null)[] =>
  ["ratelimit-policy", "ratelimit", "retry-after"].map((name) => headers.get(name));

const profiles = "/api/v1/profiles";
const nowhere = `${profiles}/x/y`;

describe("a token's subject", () => {
  test("is told its budget, and when it is used up how long to wait", async () => {
    await start({ RATE_LIMIT_READS: "2/10s" });
    const token = await issuer.role("viewer", "ada");
    expect(budgetOf(await ask(nowhere, { token }))).toEqual(['"reads";q=2;w=10', '"reads";r=1;t=5', null]);
    expect(budgetOf(await ask(nowhere, { token }))).toEqual(['"reads";q=2;w=10', '"reads";r=0;t=10', null]);
    const refused = await ask(nowhere, { token });
    expect([refused.status, ...budgetOf(refused)]).toEqual([429, '"reads";q=2;w=10', '"reads";r=0;t=10', "5"]);
    expect(refused.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(await refused.json()).toEqual({
      type: "urn:profile-platform:problem:rate-limited",
      title: "Too many requests",
      status: 429,
      detail: `The budget "reads" of this token's subject, 2 requests in 10 s, is used up; try again in 5 s.`,
    });
    now += 4_999;
    expect([
      (await ask(nowhere, { token })).status,
      (await ask(nowhere, { token })).headers.get("retry-after"),
    ]).toEqual([429, "1"]);
    now += 1;
    expect(await statuses(2, nowhere, { token })).toEqual([404, 429]);
  });

  test("has a budget for all of its tokens, another one for writes, and none of others", async () => {
    await start({ RATE_LIMIT_READS: "2/10s", RATE_LIMIT_WRITES: "1/10s" });
    const token = await issuer.role("admin", "ada");
    const other = await issuer.token({ subject: "ada", roles: ["viewer"], claims: { jti: "another" } });
    expect(await statuses(2, nowhere, { token })).toEqual([404, 404]);
    expect(await statuses(1, nowhere, { token: other })).toEqual([429]);
    for (const method of ["HEAD", "OPTIONS"]) expect((await ask(nowhere, { token, method })).status).toBe(429);
    expect((await ask(nowhere, { token, method: "DELETE" })).status).toBe(404);
    for (const method of ["POST", "PUT", "DELETE"]) expect((await ask(nowhere, { token, method })).status).toBe(429);
    expect((await ask(nowhere, { token: await issuer.role("viewer", "grace") })).status).toBe(404);
  });

  test("pays for what its role does not permit", async () => {
    await start({ RATE_LIMIT_WRITES: "1/10s" });
    const token = await issuer.role("viewer", "ada");
    const path = `${profiles}/${crypto.randomUUID()}`;
    expect(await statuses(2, path, { token, method: "DELETE" })).toEqual([403, 429]);
  });
});

describe("an address", () => {
  test("has a budget for what needs no token", async () => {
    await start({ RATE_LIMIT_ANONYMOUS: "2/10s" });
    const first = await ask("/nothing");
    expect([first.status, ...budgetOf(first)]).toEqual([404, '"anonymous";q=2;w=10', '"anonymous";r=1;t=5', null]);
    expect(await statuses(2, "/images/x/y")).toEqual([404, 429]);
    const problem = (await (await ask("/openapi.json")).json()) as { detail: string };
    expect(problem.detail).toBe(
      'The budget "anonymous" of this address, 2 requests in 10 s, is used up; try again in 5 s.',
    );
    expect((await ask(nowhere, { token: await issuer.role("viewer") })).status).toBe(404);
  });

  test.each(["/health", "/ready"])("may ask for %s as often as it likes", async (path) => {
    await start({ RATE_LIMIT_ANONYMOUS: "1/1h", RATE_LIMIT_REFUSALS: "1/1h" });
    expect(await statuses(5, path)).toEqual([200, 200, 200, 200, 200]);
    expect(budgetOf(await ask(path))).toEqual([null, null, null]);
  });

  test("has another one for tokens that are refused, and no more of them is checked once it is used up", async () => {
    await start({ RATE_LIMIT_REFUSALS: "3/30s" });
    const forged = await new Issuer(issuer.name, { ...(await makeKey()), kid: issuer.key.kid }).token();
    const first = await ask(profiles, { token: forged });
    expect([first.status, ...budgetOf(first)]).toEqual([401, '"refusals";q=3;w=30', '"refusals";r=2;t=10', null]);
    expect(first.headers.get("www-authenticate")).toContain("bad signature");
    expect(await statuses(1, profiles)).toEqual([401]);
    expect(await statuses(1, profiles, { token: "not-one" })).toEqual([401]);
    const before = checked;
    const refused = await ask(profiles, { token: forged });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "10"]);
    expect(await statuses(20, profiles, { token: forged })).toEqual(Array<number>(20).fill(429));
    expect(await statuses(1, profiles)).toEqual([429]);
    expect(checked).toBe(before);
  });

  test("lets tokens go on that were accepted before, whatever else comes from it", async () => {
    await start({ RATE_LIMIT_REFUSALS: "1/30s" });
    const token = await issuer.role("viewer");
    expect(await statuses(1, nowhere, { token })).toEqual([404]);
    expect(await statuses(3, profiles)).toEqual([401, 429, 429]);
    expect(await statuses(3, nowhere, { token })).toEqual([404, 404, 404]);
    // A new one has to wait for a request of the budget, as it cannot be told from a forged one without checking it.
    const newer = await issuer.role("viewer", "grace");
    expect(await statuses(1, nowhere, { token: newer })).toEqual([429]);
    now += 30_000;
    expect(await statuses(1, nowhere, { token: newer })).toEqual([404]);
  });
});

describe("X-Forwarded-For", () => {
  const limit = { RATE_LIMIT_ANONYMOUS: "1/10s" };

  test("is nobody's word as long as no proxy is trusted", async () => {
    await start(limit);
    expect((await ask("/a", { forwarded: "192.0.2.1" })).status).toBe(404);
    expect((await ask("/a", { forwarded: "192.0.2.2" })).status).toBe(429);
    expect((await ask("/a")).status).toBe(429);
  });

  test("counts as far as proxies are trusted: what a client wrote into it itself does not", async () => {
    await start({ ...limit, TRUSTED_PROXY_HOPS: "1" });
    expect((await ask("/a", { forwarded: "192.0.2.1" })).status).toBe(404);
    expect((await ask("/a", { forwarded: "192.0.2.1" })).status).toBe(429);
    expect((await ask("/a", { forwarded: "198.51.100.9, 192.0.2.1" })).status).toBe(429);
    expect((await ask("/a", { forwarded: "192.0.2.1, 192.0.2.2" })).status).toBe(404);
    expect((await ask("/a", { forwarded: "2001:db8:0:1::1" })).status).toBe(404);
    expect((await ask("/a", { forwarded: "2001:db8:0:1:ffff::2" })).status).toBe(429);
    expect((await ask("/a", { forwarded: "2001:db8:0:2::1" })).status).toBe(404);
  });

  test("of two proxies the outer one tells the address", async () => {
    await start({ ...limit, TRUSTED_PROXY_HOPS: "2" });
    expect((await ask("/a", { forwarded: "9.9.9.9, 192.0.2.1, 10.0.0.1" })).status).toBe(404);
    expect((await ask("/a", { forwarded: "8.8.8.8, 192.0.2.1, 10.0.0.2" })).status).toBe(429);
  });

  test("that has no address is answered by the proxy's own", async () => {
    await start({ ...limit, TRUSTED_PROXY_HOPS: "1" });
    expect((await ask("/a", { forwarded: "unknown" })).status).toBe(404);
    expect((await ask("/a", { forwarded: "_hidden" })).status).toBe(429);
  });
});
