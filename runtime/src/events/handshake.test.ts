import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { EventClient, refusedHandshake } from "../../test/event-client.ts";
import { type EventServer, serveEvents } from "../../test/event-server.ts";
import { until } from "../../test/instance.ts";
import { issuer, trustedFile } from "../../test/issuer.ts";
import { upgradeProtocol } from "../auth/upgrade-token.ts";
import { loadConfig } from "../kit/config.ts";
import { eventVariables } from "./config.ts";

const { settings: trusted, remove } = trustedFile();

afterAll(remove);

let server: EventServer;

beforeEach(async () => {
  server = await serveEvents(trusted);
});
afterEach(() => server.close());

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
const type = (kind: string) => `urn:profile-platform:problem:${kind}`;

describe("the handshake", () => {
  test("is done with the token in a header, and no protocol", async () => {
    const client = await EventClient.open(server.url);
    expect(client.socket.protocol).toBe("");
    await client.close();
    expect(await server.metric('auth_requests_total{outcome="accepted"} 1')).toBe(true);
    expect(await server.metric('http_requests_total{method="GET",route="/ws",status="101"} 1')).toBe(true);
  });

  test("is done with the token among the protocols, which is not the one that is chosen", async () => {
    const client = await EventClient.openAsPage(server.url);
    expect(client.socket.protocol).toBe(upgradeProtocol);
    await client.close();
  });

  test("is done by the WebSocket of browsers and Node.js", async () => {
    const socket = new globalThis.WebSocket(`${server.url.replace("http", "ws")}/ws`, [
      upgradeProtocol,
      `bearer.${await issuer.role("viewer")}`,
    ]);
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    expect(socket.protocol).toBe(upgradeProtocol);
    socket.close();
  });

  test("without a token is refused, and told both ways to send one", async () => {
    const { status, headers, body } = await refusedHandshake(server.url, { protocols: [upgradeProtocol] });
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
      const refused = await refusedHandshake(server.url, options);
      expect([refused.status, refused.body.type]).toEqual([status, type(kind)]);
      expect(JSON.stringify(refused)).not.toContain(token);
    }
  });

  test("with two tokens is refused", async () => {
    const token = await issuer.role("viewer");
    const both = { ...bearer(token), protocols: [upgradeProtocol, `bearer.${token}`] };
    const twice = { protocols: [upgradeProtocol, `bearer.${token}`, `bearer.${token}x`] };
    for (const options of [both, twice]) {
      const { status, body } = await refusedHandshake(server.url, options);
      expect([status, body.type]).toEqual([400, type("bad-request")]);
    }
    const nothing = await refusedHandshake(server.url, { protocols: [upgradeProtocol, "bearer."] });
    expect([nothing.status, nothing.body.type]).toEqual([401, type("invalid-token")]);
  });

  test.each([
    ["/ws?token=x", "token", "A token does not belong into an address"],
    ["/ws?Access_Token=x", "Access_Token", "A token does not belong into an address"],
    ["/ws?curser=x", "curser", "Correct these fields"],
    ["/ws?cursor=x", "cursor", "Correct these fields"],
    ["/ws?cursor=", "cursor", "Correct these fields"],
  ])("with the address %s is refused, and the parameter named", async (path, pointer, detail) => {
    const { status, body } = await refusedHandshake(server.url, { path });
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
    const answer = await fetch(`${server.url}/ws`, bearer(token));
    expect([answer.status, answer.headers.get("upgrade")]).toEqual([426, "websocket"]);
    expect(await answer.json()).toMatchObject({ type: type("upgrade-required") });
    expect((await fetch(`${server.url}/ws`, { ...bearer(token), method: "POST" })).status).toBe(405);
    expect((await fetch(`${server.url}/ws/deeper`)).status).toBe(401);
    const other = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "" };
    expect(await rawRequest({ ...other, Authorization: `Bearer ${token}` })).toMatch(/^HTTP\/1.1 426 /);
    expect(await rawRequest(other, "/health")).toMatch(/^HTTP\/1.1 200 /);
    expect(await rawRequest({ Connection: "Upgrade", Upgrade: "websocket" }, "/health")).toMatch(/^HTTP\/1.1 200 /);
  });

  test("beyond the limit of connections is refused for a while", async () => {
    await server.close();
    server = await serveEvents(trusted, { EVENT_CONNECTIONS: "2" });
    const clients = [await EventClient.open(server.url), await EventClient.open(server.url)];
    const { status, headers, body } = await refusedHandshake(server.url);
    expect([status, body.type]).toEqual([503, type("unavailable")]);
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
    await clients[0]?.close();
    await until("a place", async () => server.metric("event_connections 1"));
    await (await EventClient.open(server.url)).close();
  });

  test("may be kept to pages of some origins", async () => {
    const from = async (origin: string) => ({
      headers: { Authorization: `Bearer ${await issuer.role("viewer")}`, Origin: origin },
    });
    const { status } = await refusedHandshake(server.url, { ...(await from("https://evil.example")), path: "/ws?x=1" });
    expect(status).toBe(400);
    await server.close();
    server = await serveEvents(trusted, { EVENT_ALLOWED_ORIGINS: "https://app.example.org, http://localhost:3000" });
    const refused = await refusedHandshake(server.url, await from("https://evil.example"));
    expect([refused.status, refused.body.type]).toEqual([403, type("origin-not-allowed")]);
    for (const origin of ["https://app.example.org.evil.example", "http://app.example.org", "null"]) {
      expect((await refusedHandshake(server.url, await from(origin))).status).toBe(403);
    }
    await (await EventClient.open(server.url)).close();
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
  const socket = connect(server.http.port, "127.0.0.1");
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
