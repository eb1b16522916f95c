import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { DestinationStream } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issuer } from "../../test/issuer.ts";
import { issuerSettings, issuerVerifier } from "../../test/issuer-verifier.ts";
import { Health } from "../kit/health.ts";
import { createApp } from "../kit/http/app.ts";
import { type Listening, listen } from "../kit/http/listen.ts";
import type { ProblemDetails } from "../kit/http/problem.ts";
import { createLogger } from "../kit/log.ts";
import { createDependencyGauge } from "../kit/metrics.ts";
import { serverOperations } from "../server/openapi.ts";
import { authenticate } from "./authenticate.ts";
import { guardRoutes } from "./guard.ts";
import { KeysUnavailableError } from "./key-set.ts";
import { createAuthMetrics, type Outcome, outcomes } from "./metrics.ts";
import { tokenAdvice } from "./problems.ts";
import { roles, suffices } from "./roles.ts";

/** The server's guard in front of nothing: what it lets pass is answered with 404. */
const passed = 404;

const lines: Record<string, unknown>[] = [];
const registry = new Registry();
const metrics = createAuthMetrics(registry, () => 0);
let http: Listening;
let url: string;
let hasKeys = true;

beforeAll(async () => {
  const destination: DestinationStream = { write: (line) => lines.push(JSON.parse(line)) };
  const log = createLogger("server", "info", destination);
  const verify = issuerVerifier(() => {
    if (!hasKeys) throw new KeysUnavailableError("none yet");
  });
  const health = new Health({ dependencies: [], gauge: createDependencyGauge(registry), log });
  health.setObstacle(undefined);
  const guard = guardRoutes(serverOperations, authenticate({ verify, metrics, advice: tokenAdvice(issuerSettings) }));
  http = await listen(createApp({ log, registry, health, guard }), 0);
  url = `http://127.0.0.1:${http.port}`;
});
afterAll(() => {
  http.destroy();
  return http.close();
});

async function ask(path: string, token?: string, method = "GET") {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const answer = await fetch(url + path, { method, headers });
  const text = await answer.text();
  const body = (text === "" ? {} : JSON.parse(text)) as ProblemDetails;
  return { status: answer.status, challenge: answer.headers.get("www-authenticate"), headers: answer.headers, body };
}

async function counts(): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries((await metrics.requests.get()).values.map(({ labels, value }) => [labels.outcome, value]));
}

const profiles = "/api/v1/profiles";

describe("without a token", () => {
  test.each(["/api/v1", "/api/v1/", profiles, `${profiles}/1`, "/api/v1/nothing", "/API/V1/profiles", "/api/v1/%zz"])(
    "%s is answered with 401, whether there is something or not",
    async (path) => {
      const { status, challenge, headers, body } = await ask(path);
      expect([status, challenge]).toEqual([401, 'Bearer realm="profile-platform"']);
      expect(headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
      expect(body).toEqual({
        type: "urn:profile-platform:problem:token-required",
        title: "A token is required",
        status: 401,
        detail:
          'The request has no Authorization header. Get one with "profileplatform token", and send it as "Authorization: Bearer …".',
      });
    },
  );

  test.each(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])("so is %s", async (method) => {
    expect((await ask(profiles, undefined, method)).status).toBe(401);
  });

  test.each(["/health", "/ready"])("%s is answered all the same", async (path) => {
    expect((await fetch(url + path)).status).toBe(200);
  });

  test.each(["/", "/api", "/api/v2/profiles", "/api/v10", "/metrics"])("%s is nothing", async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  test("one in the query is none", async () => {
    expect((await ask(`${profiles}?access_token=${await issuer.token()}`)).status).toBe(401);
  });
});

describe("with a token", () => {
  test("a path that is nothing is told to be nothing", async () => {
    const { status, challenge, body } = await ask("/api/v1/nothing", await issuer.role("viewer"));
    expect([status, challenge, body.type]).toEqual([404, null, "urn:profile-platform:problem:not-found"]);
  });

  test.each(["OPTIONS", "PATCH"])("%s is for the routes to answer", async (method) => {
    expect((await ask(profiles, await issuer.role("viewer"), method)).status).toBe(passed);
    expect((await ask("/health", undefined, method)).status).toBe(405);
  });

  test("that is not accepted, the answer says why in both places", async () => {
    const { status, challenge, body } = await ask(profiles, await issuer.token({ claims: { exp: 1_700_000_000 } }));
    expect([status, challenge]).toEqual([
      401,
      'Bearer realm="profile-platform", error="invalid_token", error_description="expired"',
    ]);
    expect(body).toEqual({
      type: "urn:profile-platform:problem:invalid-token",
      title: "The token is not valid",
      status: 401,
      detail:
        'The token has expired at 2023-11-14T22:13:20.000Z. Get one with "profileplatform token", and send it as "Authorization: Bearer …".',
    });
  });

  test("without a role, the answer names the roles", async () => {
    const { status, challenge, body } = await ask(profiles, await issuer.token({ roles: ["owner", "x".repeat(100)] }));
    expect([status, challenge]).toEqual([
      403,
      'Bearer realm="profile-platform", error="insufficient_scope", error_description="insufficient role"',
    ]);
    expect(body).toEqual({
      type: "urn:profile-platform:problem:insufficient-role",
      title: "The token's role does not suffice",
      status: 403,
      detail: `This needs a token with the role viewer: it has owner, ${"x".repeat(64)}. The roles are viewer, editor, admin, each of which may do what those before it may.`,
    });
  });

  test.each([
    [["editor", "owner"], "it has editor, owner"],
    [[], "it has none"],
    [undefined, "its claim roles is missing"],
    [{ admin: true }, "its claim roles is neither a list of texts nor a text"],
    [Array.from({ length: 12 }, (_, index) => `r${index}`), "r8, r9 and 2 more"],
  ])("with the roles %j, the answer tells them", async (claimed, told) => {
    const token = await issuer.token({ claims: { roles: claimed } });
    const { status, body } = await ask(`${profiles}/1`, token, "DELETE");
    expect([status, body.detail]).toEqual([403, expect.stringContaining(`role admin: `)]);
    expect(body.detail).toContain(`${told}. The roles are`);
  });

  test("too long for any header, it is refused with a problem", async () => {
    const { status, body } = await ask(profiles, "x".repeat(100_000));
    expect([status, body.type]).toEqual([431, "urn:profile-platform:problem:headers-too-large"]);
    expect(body.detail).toBe("The headers have more than 16384 bytes: send a shorter token, or less beside it.");
  });

  test("sent twice, the request is refused", async () => {
    const token = `Bearer ${await issuer.token()}`;
    const outgoing = httpRequest(url + profiles, { headers: { Authorization: [token, token] } }).end();
    const [answer] = await once(outgoing, "response");
    let text = "";
    for await (const chunk of answer) text += String(chunk);
    expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([
      400,
      'Bearer realm="profile-platform", error="invalid_request", error_description="repeated"',
    ]);
    expect(JSON.parse(text)).toMatchObject({ detail: "The request has more than one Authorization header. Send one." });
  });

  test.each(["a\0b", "a\u0001b", "a\u007fb"])(
    "with a control character (%j), the request is refused",
    async (token) => {
      const socket = connect(http.port, "127.0.0.1");
      socket.end(`GET ${profiles} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      let text = "";
      for await (const chunk of socket) text += String(chunk);
      expect(text).toMatch(/^HTTP\/1\.1 40[01] /);
      expect(text).toContain("Content-Type: application/problem+json");
      expect(text).toContain('"type":"urn:profile-platform:problem:');
    },
  );

  test("the scheme may be written in any letters", async () => {
    const headers = { authorization: `bearer ${await issuer.role("viewer")}` };
    expect((await fetch(url + profiles, { headers })).status).toBe(passed);
  });

  test("but no keys, the answer is to come again", async () => {
    hasKeys = false;
    const { status, headers, body } = await ask(profiles, await issuer.token());
    hasKeys = true;
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
    expect(body.detail).toBe("The keys that tokens are checked with have not been had yet; try again shortly.");
  });
});

describe("each operation asks for its role", () => {
  const guarded = serverOperations.flatMap(({ method, path, access }) =>
    access === "anyone" ? [] : [{ method, path, access }],
  );
  const written = (path: string) => path.replaceAll(/\{\w+\}/g, crypto.randomUUID());
  /** Other ways to write a path that Express takes for the same. */
  const ways: readonly ((path: string) => string)[] = [
    (path) => path,
    (path) => `${path}/`,
    (path) => path.toUpperCase(),
    (path) => `${path}?a=b`,
    (path) => path.replace("profiles", "%70rofiles").replace("tasks", "t%61sks"),
  ];

  test.each(guarded)("$method $path: $access", async ({ method, path, access }) => {
    const methods = method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()];
    for (const role of roles) {
      const token = await issuer.role(role);
      for (const way of ways) {
        for (const verb of methods) {
          const { status } = await ask(way(written(path)), token, verb);
          // An escaped letter is another path to Express: whatever the guard says, nothing is behind it.
          const expected = way(path).includes("%") || suffices(role, access) ? passed : 403;
          expect([way(path), verb, role, status]).toEqual([way(path), verb, role, expected]);
        }
      }
    }
  });

  test("and none can be declared without one", () => {
    const pass = () => undefined;
    const operation = { method: "get", path: "/api/v1/open", access: "anyone" } as const;
    expect(() => guardRoutes([operation], pass)).toThrow("get /api/v1/open cannot be for anyone");
    const elsewhere = { method: "get", path: "/elsewhere", access: "viewer" } as const;
    expect(() => guardRoutes([elsewhere], pass)).toThrow("get /elsewhere cannot be for viewer");
  });
});

describe("what operators see", () => {
  test("each request is counted once, by what became of its token", async () => {
    const before = await counts();
    expect(Object.keys(before).toSorted()).toEqual([...outcomes].toSorted());
    const token = await issuer.role("viewer");
    await ask(profiles, token);
    await ask(profiles, token, "POST");
    await ask(profiles);
    await ask(profiles, "a b");
    await ask("/health");
    const expected: Partial<Record<Outcome, number>> = { accepted: 1, insufficient_role: 1, missing: 1, malformed: 1 };
    const after = await counts();
    const grown = Object.entries(after).filter(([outcome, count]) => count !== before[outcome]);
    expect(Object.fromEntries(grown.map(([outcome, count]) => [outcome, count - (before[outcome] ?? 0)]))).toEqual(
      expected,
    );
  });

  test("the log tells whose a request was", async () => {
    const token = await issuer.role("viewer", "ada@example.org");
    const answer = await ask("/api/v1/nothing", token);
    const id = answer.headers.get("x-request-id");
    expect(lines.filter(({ requestId }) => requestId === id)).toEqual([
      expect.objectContaining({ subject: "ada@example.org", path: "/api/v1/nothing", status: 404 }),
    ]);
  });

  test("nothing of a token is in the log, in an answer or in the metrics", async () => {
    const secret = "sEcReTtOkEn";
    const told: string[] = [];
    for (const token of [secret, `${secret}.${secret}.${secret}`, `${await issuer.token()}${secret}`]) {
      const { body, headers } = await ask(profiles, token);
      expect(body.status).toBe(401);
      told.push(JSON.stringify([body, [...headers]]));
    }
    const token = await issuer.token({ claims: { exp: 1, jti: secret } });
    told.push(JSON.stringify((await ask(profiles, token)).body), JSON.stringify(lines), await registry.metrics());
    for (const text of told) {
      expect(text).not.toContain(secret);
      for (const part of token.split(".")) expect(text).not.toContain(part);
    }
  });
});
