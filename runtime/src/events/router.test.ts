import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EventClient, refusedHandshake } from "../../test/event-client.ts";
import { behind, EventModel, eventOf } from "../../test/event-model.ts";
import { until } from "../../test/instance.ts";
import { issuer, keySetOf, makeKey, trustedFile } from "../../test/issuer.ts";
import { authRules, authSettings, authVariables } from "../auth/config.ts";
import { openAuth } from "../auth/open.ts";
import { upgradeProtocol } from "../auth/upgrade-token.ts";
import { loadConfig } from "../kit/config.ts";
import { Health } from "../kit/health.ts";
import { createApp } from "../kit/http/app.ts";
import { type Listening, listen } from "../kit/http/listen.ts";
import { createLogger } from "../kit/log.ts";
import { createDependencyGauge } from "../kit/metrics.ts";
import { eventVariables } from "./config.ts";
import { encodeCursor } from "./cursor.ts";
import { type Events, openEvents } from "./open.ts";
import { eventOperations } from "./openapi.ts";
import { eventRoutes } from "./router.ts";

const environment = trustedFile();

let record: EventModel;
let events: Events;
let http: Listening;
let url: string;
let registry: Registry;
/** Milliseconds by which clocks go before. */
let ahead = 0;
let stopKeys: () => void;
let readKeys: () => Promise<void>;

async function serve(variables: Readonly<Record<string, string>> = {}): Promise<void> {
  ahead = 0;
  record = new EventModel();
  registry = new Registry();
  const log = createLogger("test", "silent");
  const settings = authSettings(loadConfig(authVariables, environment, authRules));
  const auth = openAuth({ settings, operations: eventOperations, registry, log });
  await auth.keys.start();
  stopKeys = () => auth.keys.stop();
  readKeys = () => auth.keys.start();
  events = openEvents({
    config: loadConfig(eventVariables, variables),
    record,
    clockworkDb: { query: async () => [] },
    verify: auth.verify,
    registry,
    log,
    now: () => performance.now() + ahead,
    time: () => Date.now() + ahead,
    random: Math.random,
  });
  const health = new Health({ dependencies: [], gauge: createDependencyGauge(registry), log });
  health.setObstacle(undefined);
  const routers = [eventRoutes(events.routes)];
  http = await listen(createApp({ log, registry, health, guard: auth.guard, routers }), 0);
  url = `http://127.0.0.1:${http.port}`;
  events.feed.start();
  events.connections.start();
}

beforeEach(() => serve());
afterEach(async () => {
  await events.connections.close();
  await events.feed.stop();
  stopKeys();
  http.destroy();
  await http.close();
});

const metric = async (line: string): Promise<boolean> => (await registry.metrics()).includes(line);
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
const type = (kind: string) => `urn:profile-platform:problem:${kind}`;

describe("the handshake", () => {
  test("is done with the token in a header, and no protocol", async () => {
    const client = await EventClient.open(url);
    expect(client.socket.protocol).toBe("");
    await client.close();
    expect(await metric('auth_requests_total{outcome="accepted"} 1')).toBe(true);
    expect(await metric('http_requests_total{method="GET",route="/ws",status="101"} 1')).toBe(true);
  });

  test("is done with the token among the protocols, which is not the one that is chosen", async () => {
    const client = await EventClient.openAsPage(url);
    expect(client.socket.protocol).toBe(upgradeProtocol);
    await client.close();
  });

  test("is done by the WebSocket of browsers and Node.js", async () => {
    const socket = new globalThis.WebSocket(`${url.replace("http", "ws")}/ws`, [
      upgradeProtocol,
      `bearer.${await issuer.role("viewer")}`,
    ]);
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    expect(socket.protocol).toBe(upgradeProtocol);
    socket.close();
  });

  test("without a token is refused, and told both ways to send one", async () => {
    const { status, headers, body } = await refusedHandshake(url, { protocols: [upgradeProtocol] });
    expect([status, body.type]).toEqual([401, type("token-required")]);
    expect(headers).toMatchObject({
      "www-authenticate": 'Bearer realm="profile-platform"',
      "content-type": "application/problem+json; charset=utf-8",
      connection: "close",
    });
    expect(headers["x-request-id"]).toMatch(/./);
    expect(body.detail).toContain(`new WebSocket(url, ["${upgradeProtocol}", "bearer.…"])`);
  });

  test.each([
    ["a role that is none", async () => issuer.token({ roles: ["owner"] }), 403, "insufficient-role"],
    ["an expired token", async () => issuer.token({ claims: { exp: 1 } }), 401, "invalid-token"],
    ["something else", async () => "a.b.c", 401, "invalid-token"],
  ])("with %s is refused", async (_what, make, status, kind) => {
    const token = await make();
    for (const options of [bearer(token), { protocols: [upgradeProtocol, `bearer.${token}`] }]) {
      const refused = await refusedHandshake(url, options);
      expect([refused.status, refused.body.type]).toEqual([status, type(kind)]);
      expect(JSON.stringify(refused)).not.toContain(token);
    }
  });

  test("with two tokens is refused", async () => {
    const token = await issuer.role("viewer");
    const both = { ...bearer(token), protocols: [upgradeProtocol, `bearer.${token}`] };
    const twice = { protocols: [upgradeProtocol, `bearer.${token}`, `bearer.${token}x`] };
    for (const options of [both, twice]) {
      const { status, body } = await refusedHandshake(url, options);
      expect([status, body.type]).toEqual([400, type("bad-request")]);
    }
    const nothing = await refusedHandshake(url, { protocols: [upgradeProtocol, "bearer."] });
    expect([nothing.status, nothing.body.type]).toEqual([401, type("invalid-token")]);
  });

  test.each([
    ["/ws?token=x", "token", "A token does not belong into an address"],
    ["/ws?Access_Token=x", "Access_Token", "A token does not belong into an address"],
    ["/ws?curser=x", "curser", "Correct these fields"],
    ["/ws?cursor=x", "cursor", "Correct these fields"],
    ["/ws?cursor=", "cursor", "Correct these fields"],
  ])("with the address %s is refused, and the parameter named", async (path, pointer, detail) => {
    const { status, body } = await refusedHandshake(url, { path });
    expect([status, body.type, body.errors?.map((error) => error.pointer)]).toEqual([
      400,
      type("validation-failed"),
      [pointer],
    ]);
    expect(body.detail).toContain(detail);
  });

  test.each([
    ["another protocol", { "Sec-WebSocket-Protocol": "graphql-ws" }, 400, upgradeProtocol],
    ["an empty name among protocols", { "Sec-WebSocket-Protocol": `${upgradeProtocol},,x` }, 400, "a list of names"],
    ["a protocol twice", { "Sec-WebSocket-Protocol": `${upgradeProtocol},${upgradeProtocol}` }, 400, "twice"],
    ["an old version", { "Sec-WebSocket-Version": "8" }, 426, "version 13"],
    ["no key", { "Sec-WebSocket-Key": "x" }, 400, "Sec-WebSocket-Key"],
  ])("with %s is refused", async (_what, headers, status, detail) => {
    const own = { Authorization: `Bearer ${await issuer.role("viewer")}`, ...headers };
    const answer = await rawRequest({
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
      ...own,
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(detail);
  });

  test("is asked of those who send a usual request, and of those who ask for something else", async () => {
    const token = await issuer.role("viewer");
    const answer = await fetch(`${url}/ws`, bearer(token));
    expect([answer.status, answer.headers.get("upgrade")]).toEqual([426, "websocket"]);
    expect(await answer.json()).toMatchObject({ type: type("upgrade-required") });
    expect((await fetch(`${url}/ws`, { ...bearer(token), method: "POST" })).status).toBe(405);
    expect((await fetch(`${url}/ws/deeper`)).status).toBe(401);
    const other = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "" };
    expect(await rawRequest({ ...other, Authorization: `Bearer ${token}` })).toMatch(/^HTTP\/1.1 426 /);
    expect(await rawRequest(other, "/health")).toMatch(/^HTTP\/1.1 200 /);
    expect(await rawRequest({ Connection: "Upgrade", Upgrade: "websocket" }, "/health")).toMatch(/^HTTP\/1.1 200 /);
  });

  test("beyond the limit of connections is refused for a while", async () => {
    await http.close();
    await serve({ EVENT_CONNECTIONS: "2" });
    const clients = [await EventClient.open(url), await EventClient.open(url)];
    const { status, headers, body } = await refusedHandshake(url);
    expect([status, body.type]).toEqual([503, type("unavailable")]);
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
    await clients[0]?.close();
    await until("a place", async () => metric("event_connections 1"));
    await (await EventClient.open(url)).close();
  });

  test("may be kept to pages of some origins", async () => {
    const from = async (origin: string) => ({
      headers: { Authorization: `Bearer ${await issuer.role("viewer")}`, Origin: origin },
    });
    const { status } = await refusedHandshake(url, { ...(await from("https://evil.example")), path: "/ws?x=1" });
    expect(status).toBe(400);
    await http.close();
    await serve({ EVENT_ALLOWED_ORIGINS: "https://app.example.org, http://localhost:3000" });
    const refused = await refusedHandshake(url, await from("https://evil.example"));
    expect([refused.status, refused.body.type]).toEqual([403, type("origin-not-allowed")]);
    for (const origin of ["https://app.example.org.evil.example", "http://app.example.org", "null"]) {
      expect((await refusedHandshake(url, await from(origin))).status).toBe(403);
    }
    await (await EventClient.open(url)).close();
  });

  test.each(["https://app.example.org/", "app.example.org", "https://a.example,,", "*"])(
    "%s is no list of origins",
    (text) => {
      expect(() => loadConfig(eventVariables, { EVENT_ALLOWED_ORIGINS: text })).toThrow("EVENT_ALLOWED_ORIGINS");
    },
  );
});

/** Sends a GET as it stands, and gives the answer's text. */
async function rawRequest(headers: Readonly<Record<string, string>>, path = "/ws"): Promise<string> {
  const socket = connect(http.port, "127.0.0.1");
  const lines = Object.entries({ Host: "localhost", ...headers }).map(([name, value]) => `${name}: ${value}`);
  socket.write([`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
  let answer = "";
  socket.on("data", (chunk) => {
    answer += String(chunk);
    socket.end();
  });
  await once(socket, "close");
  return answer;
}

describe("a connection", () => {
  test("is told where it is, then what happens", async () => {
    record.add(eventOf(1));
    const client = await EventClient.subscribed(url, { filters: [{ kind: "profile" }] });
    expect(client.of("subscribed")).toEqual([
      { type: "subscribed", cursor: encodeCursor(behind(1)), filters: [{ kind: "profile" }] },
    ]);
    const data = { type: "echo", attempts: 1, maxAttempts: 5 } as const;
    record.add(eventOf(2), eventOf(3, { kind: "task", type: "task.running", data }), eventOf(4));
    const told = await client.untilEvents(2);
    expect(told.map(({ cursor }) => cursor).at(-1)).toBe(encodeCursor(behind(4)));
    client.send({ type: "unsubscribe" });
    const { cursor } = await client.next("unsubscribed");
    record.add(eventOf(5, { kind: "task", type: "task.succeeded", data }));
    await events.feed.fresh();
    client.send({ type: "subscribe", filters: [{ kind: "task" }] });
    expect((await client.next("subscribed", 2)).cursor).toBe(cursor);
    await client.next("cursor", 2);
    expect(client.events.slice(2)).toMatchObject([{ type: "task.succeeded", task: data }]);
  });

  test("with a cursor in its address has been told all since, without a word", async () => {
    record.add(...Array.from({ length: 1_200 }, (_, index) => eventOf(index + 1)));
    const cursor = encodeCursor({ ...behind(0), within: { to: behind(149).cut, after: 100n } });
    const client = await EventClient.open(url, `/ws?cursor=${cursor}`);
    await client.next("cursor");
    expect(client.events).toHaveLength(1_100);
    expect(client.cursor).toBe(encodeCursor(behind(1200)));
  });

  test("that changes its filters goes on from where it is", async () => {
    const client = await EventClient.subscribed(url, { filters: [{ kind: "task" }] });
    client.send({ type: "subscribe" });
    const before = client.of("subscribed")[0]?.cursor;
    expect((await client.next("subscribed", 2)).cursor).toBe(before);
    client.send({ type: "subscribe", cursor: encodeCursor(behind(-1)) });
    record.add(eventOf(1));
    await client.untilEvents(1);
  });

  test.each([
    ["too old", "cursor-too-old", () => void (record.removed = 4), behind(0)],
    ["from another history", "history-changed", () => undefined, behind(0, "other")],
    ["beyond everything", "cursor-unknown", () => undefined, behind(98)],
  ])("with a cursor that is %s is told to read anew, and goes on", async (_what, reason, happen, from) => {
    record.add(eventOf(7));
    happen();
    const client = await EventClient.open(url, `/ws?cursor=${encodeCursor(from)}`);
    const resync = await client.next("resync");
    expect(resync).toMatchObject({ reason, cursor: encodeCursor(behind(7)) });
    expect(resync.detail).toMatch(/Read anew what you show; the stream goes on from this cursor\.$/);
    await client.next("cursor");
    record.add(eventOf(8));
    await client.untilEvents(1);
    expect(await metric(`event_resyncs_total{reason="${reason}"} 1`)).toBe(true);
  });

  test.each([
    ["{", "bad-request", undefined],
    [Buffer.from('{"type":"subscribe"}'), "bad-request", undefined],
    ["null", "validation-failed", "#"],
    ["[]", "validation-failed", "#"],
    ['"subscribe"', "validation-failed", "#"],
    [{}, "validation-failed", "#/type"],
    [{ type: "publish" }, "validation-failed", "#/type"],
    [{ type: "subscribe", filter: [] }, "validation-failed", "#/filter"],
    [{ type: "subscribe", filters: [] }, "validation-failed", "#/filters"],
    [{ type: "subscribe", filters: {} }, "validation-failed", "#/filters"],
    [{ type: "subscribe", filters: [{ kind: "image" }] }, "validation-failed", "#/filters/0/kind"],
    [{ type: "subscribe", filters: [{ kind: "task", ids: ["x"] }] }, "validation-failed", "#/filters/0/ids/0"],
    [{ type: "subscribe", cursor: "x" }, "validation-failed", "#/cursor"],
    [{ type: "subscribe", cursor: 7 }, "validation-failed", "#/cursor"],
    [{ type: "unsubscribe", x: 1 }, "validation-failed", "#/x"],
    [{ type: "unsubscribe" }, "validation-failed", "#/type"],
    ["[".repeat(16_000), "bad-request", undefined],
  ])("is told what is wrong with message %#, and stays", async (message, kind, pointer) => {
    const client = await EventClient.open(url);
    client.send(message);
    const { problem } = await client.next("problem");
    expect([problem.type, problem.errors?.[0]?.pointer]).toEqual([type(kind), pointer]);
    client.send({ type: "subscribe" });
    await client.next("subscribed");
  });

  test("that sends too much at once is ended", async () => {
    const long = await EventClient.open(url);
    long.send({ type: "subscribe", filters: "x".repeat(16_384) });
    expect(await long.ended()).toMatchObject({ code: 1009 });
    const chatty = await EventClient.open(url);
    for (let count = 0; count < 20; count += 1) chatty.send({ type: "subscribe" });
    expect(await chatty.ended()).toMatchObject({ code: 1008, reason: expect.stringMatching(/^too-many-messages: /) });
    await until("the counts", async () => metric('event_connections_closed_total{reason="too-many-messages"} 1'));
    expect(await metric('event_connections_closed_total{reason="message-too-large"} 1')).toBe(true);
  });

  test("that breaks the protocol is ended", async () => {
    const client = await EventClient.open(url);
    const socket = Reflect.get(client.socket, "_socket") as { write(bytes: Buffer): void };
    // A client's frames are masked; this one is not.
    socket.write(Buffer.from([0x81, 0x01, 0x78]));
    expect(await client.ended()).toMatchObject({ code: 1002 });
    await until("the count", async () => metric('event_connections_closed_total{reason="protocol-error"} 1'));
  });

  test("that does not subscribe is ended", async () => {
    const client = await EventClient.open(url);
    ahead = 10_000;
    expect(await client.ended()).toMatchObject({ code: 4408, reason: "not-subscribed: subscribe within 10 seconds" });
  });

  test("is ended when its token expires", async () => {
    const exp = Math.floor(Date.now() / 1_000) + 100;
    const client = await EventClient.open(url, "/ws", await issuer.token({ claims: { exp } }));
    client.send({ type: "subscribe" });
    await client.next("cursor");
    ahead = 129_000 - 2_000;
    await client.next("cursor", 2);
    ahead = 131_000;
    expect(await client.ended()).toMatchObject({ code: 4401, reason: expect.stringMatching(/^token-expired: /) });
  });

  test("is ended when the key of its token is no longer the issuer's", async () => {
    const client = await EventClient.open(url);
    client.send({ type: "subscribe" });
    await client.next("cursor");
    const path = environment["AUTH_JWKS_FILE"] ?? "";
    const before = readFileSync(path);
    try {
      ahead = 30_000;
      await client.next("cursor", 2);
      writeFileSync(path, keySetOf(await makeKey()));
      await readKeys();
      ahead = 61_000;
      expect(await client.ended()).toMatchObject({ code: 4403, reason: expect.stringMatching(/^token-refused: /) });
    } finally {
      writeFileSync(path, before);
    }
  });

  test("is pinged, and told where it is, while nothing happens", async () => {
    const client = await EventClient.subscribed(url);
    let pings = 0;
    client.socket.on("ping", () => (pings += 1));
    for (let round = 1; round <= 3; round += 1) {
      ahead = round * 25_000;
      await until("the ping", async () => pings === round);
    }
    expect(client.of("cursor").length).toBeGreaterThanOrEqual(3);
    expect(client.closed).toBeUndefined();
  });

  test("that is silent is ended", async () => {
    const client = await EventClient.subscribed(url);
    client.socket.pause();
    ahead = 25_000;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    ahead = 46_000;
    await until("the end", async () => metric('event_connections_closed_total{reason="silent"} 1'));
    expect(await metric("event_connections 0")).toBe(true);
  });

  test("that reads slowly is ended, with a word on how to go on, and others are not", async () => {
    const [slow, other] = [await EventClient.subscribed(url), await EventClient.subscribed(url)];
    slow.socket.pause();
    let id = 0;
    const more = () => record.add(...Array.from({ length: 2_000 }, () => eventOf((id += 1))));
    await until(
      "the end of the slow one",
      async () => {
        more();
        await events.feed.fresh();
        return metric('event_connections_closed_total{reason="slow-reader"} 1');
      },
      60_000,
    );
    slow.socket.resume();
    const { code, reason } = await slow.ended();
    // A client that reads within five seconds has the word, another one a broken connection.
    expect(`${code} ${reason}`).toMatch(/^(?:1006 |1013 slow-reader: )/);
    await until("the other one to have all", async () => other.events.length === id);
    expect(other.closed).toBeUndefined();
    const back = await EventClient.open(url, `/ws?cursor=${slow.cursor}`);
    await back.next("cursor");
    expect(slow.events.length + back.events.length).toBe(id);
  }, 120_000);

  test("waits out that the record cannot be read, and has missed nothing", async () => {
    const client = await EventClient.subscribed(url);
    record.failures = [new Error("away"), new Error("away")];
    record.add(eventOf(1));
    await client.untilEvents(1);
    const cursor = encodeCursor(behind(0));
    record.add(...Array.from({ length: 1_000 }, (_, index) => eventOf(index + 2)));
    await client.untilEvents(1_001);
    const late = EventClient.open(url, `/ws?cursor=${cursor}`);
    record.failures = [new Error("away"), new Error("away"), new Error("away")];
    await (await late).untilEvents(1_001);
    expect((await late).events).toHaveLength(1_001);
  });
});

describe("a server that stops", () => {
  test("tells every client so, one after the other, and takes no others", async () => {
    const clients = await Promise.all(Array.from({ length: 40 }, () => EventClient.subscribed(url)));
    const ends: number[] = [];
    for (const client of clients) client.socket.on("close", () => ends.push(performance.now()));
    const closing = events.connections.close();
    expect((await refusedHandshake(url)).status).toBe(503);
    await closing;
    for (const client of clients) {
      expect(await client.ended()).toMatchObject({ code: 1012, reason: expect.stringMatching(/^restart: /) });
    }
    expect((ends.at(-1) ?? 0) - (ends[0] ?? 0)).toBeGreaterThan(300);
    expect(await metric('event_connections_closed_total{reason="restart"} 40')).toBe(true);
    expect(await metric("event_connections 0")).toBe(true);
  });
});
