import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { EventClient, refusedHandshake } from "../../test/event-client.ts";
import { behind, eventOf } from "../../test/event-model.ts";
import { type EventServer, serveEvents } from "../../test/event-server.ts";
import { until } from "../../test/instance.ts";
import { issuer, keySetOf, makeKey, trustedFile } from "../../test/issuer.ts";
import { encodeCursor } from "./cursor.ts";

const { settings: trusted, remove } = trustedFile();

afterAll(remove);

let server: EventServer;

beforeEach(async () => {
  server = await serveEvents(trusted);
});
afterEach(() => server.close());

const type = (kind: string) => `urn:profile-platform:problem:${kind}`;

describe("a connection", () => {
  test("is told where it is, then what happens", async () => {
    server.record.add(eventOf(1));
    const client = await EventClient.subscribed(server.url, { filters: [{ kind: "profile" }] });
    expect(client.of("subscribed")).toEqual([
      { type: "subscribed", cursor: encodeCursor(behind(1)), filters: [{ kind: "profile" }] },
    ]);
    const data = { type: "echo", attempts: 1, maxAttempts: 5 } as const;
    server.record.add(eventOf(2), eventOf(3, { kind: "task", type: "task.running", data }), eventOf(4));
    const told = await client.untilEvents(2);
    expect(told.map(({ cursor }) => cursor).at(-1)).toBe(encodeCursor(behind(4)));
    client.send({ type: "unsubscribe" });
    const { cursor } = await client.next("unsubscribed");
    server.record.add(eventOf(5, { kind: "task", type: "task.succeeded", data }));
    await server.events.feed.fresh();
    client.send({ type: "subscribe", filters: [{ kind: "task" }] });
    expect((await client.next("subscribed", 2)).cursor).toBe(cursor);
    await client.next("cursor", 2);
    expect(client.events.slice(2)).toMatchObject([{ type: "task.succeeded", task: data }]);
  });

  test("with a cursor in its address has been told all since, without a word", async () => {
    server.record.add(...Array.from({ length: 1_200 }, (_, index) => eventOf(index + 1)));
    const cursor = encodeCursor({ ...behind(0), within: { to: behind(149).cut, after: 100n } });
    const client = await EventClient.open(server.url, `/ws?cursor=${cursor}`);
    await client.next("cursor");
    expect(client.events).toHaveLength(1_100);
    expect(client.cursor).toBe(encodeCursor(behind(1200)));
  });

  test("that changes its filters goes on from where it is", async () => {
    const client = await EventClient.subscribed(server.url, { filters: [{ kind: "task" }] });
    client.send({ type: "subscribe" });
    const before = client.of("subscribed")[0]?.cursor;
    expect((await client.next("subscribed", 2)).cursor).toBe(before);
    client.send({ type: "subscribe", cursor: encodeCursor(behind(-1)) });
    server.record.add(eventOf(1));
    await client.untilEvents(1);
  });

  test.each([
    ["too old", "cursor-too-old", () => void (server.record.removed = 4), behind(0)],
    ["from another history", "history-changed", () => undefined, behind(0, "other")],
    ["beyond everything", "cursor-unknown", () => undefined, behind(98)],
  ])("with a cursor that is %s is told to read anew, and goes on", async (_what, reason, happen, from) => {
    server.record.add(eventOf(7));
    happen();
    const client = await EventClient.open(server.url, `/ws?cursor=${encodeCursor(from)}`);
    const resync = await client.next("resync");
    expect(resync).toMatchObject({ reason, cursor: encodeCursor(behind(7)) });
    expect(resync.detail).toMatch(/Read anew what you show; the stream goes on from this cursor\.$/);
    await client.next("cursor");
    server.record.add(eventOf(8));
    await client.untilEvents(1);
    expect(await server.metric(`event_resyncs_total{reason="${reason}"} 1`)).toBe(true);
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
    [
      '{"type": "subscribe", "filters": [{"kind": "task", "kind": "profile"}]}',
      "validation-failed",
      "#/filters/0/kind",
    ],
    ["[".repeat(16_000), "bad-request", undefined],
    [`{"type": ${"[".repeat(8_000)}${"]".repeat(8_000)}}`, "validation-failed", "#/type"],
  ])("is told what is wrong with message %#, and stays", async (message, kind, pointer) => {
    const client = await EventClient.open(server.url);
    client.send(message);
    const { problem } = await client.next("problem");
    expect([problem.type, problem.errors?.[0]?.pointer]).toEqual([type(kind), pointer]);
    client.send({ type: "subscribe" });
    await client.next("subscribed");
  });

  test("that sends too much at once is ended", async () => {
    const long = await EventClient.open(server.url);
    long.send({ type: "subscribe", filters: "x".repeat(16_384) });
    expect(await long.ended()).toMatchObject({ code: 1009 });
    const chatty = await EventClient.open(server.url);
    for (let count = 0; count < 20; count += 1) chatty.send({ type: "subscribe" });
    expect(await chatty.ended()).toMatchObject({ code: 1008, reason: expect.stringMatching(/^too-many-messages: /) });
    await until("the counts", async () =>
      server.metric('event_connections_closed_total{reason="too-many-messages"} 1'),
    );
    expect(await server.metric('event_connections_closed_total{reason="message-too-large"} 1')).toBe(true);
  });

  test("that breaks the protocol is ended", async () => {
    const client = await EventClient.open(server.url);
    const socket = Reflect.get(client.socket, "_socket") as { write(bytes: Buffer): void };
    // A client's frames are masked; this one is not.
    socket.write(Buffer.from([0x81, 0x01, 0x78]));
    expect(await client.ended()).toMatchObject({ code: 1002 });
    await until("the count", async () => server.metric('event_connections_closed_total{reason="protocol-error"} 1'));
  });

  test("that does not subscribe is ended", async () => {
    const client = await EventClient.open(server.url);
    server.ahead = 10_000;
    expect(await client.ended()).toMatchObject({ code: 4408, reason: "not-subscribed: subscribe within 10 seconds" });
  });

  test("is ended when its token expires", async () => {
    const exp = Math.floor(Date.now() / 1_000) + 100;
    const client = await EventClient.open(server.url, "/ws", await issuer.token({ claims: { exp } }));
    client.send({ type: "subscribe" });
    await client.next("cursor");
    server.ahead = 129_000 - 2_000;
    await client.next("cursor", 2);
    server.ahead = 131_000;
    expect(await client.ended()).toMatchObject({ code: 4401, reason: expect.stringMatching(/^token-expired: /) });
  });

  test("is ended when the key of its token is no longer the issuer's", async () => {
    const client = await EventClient.open(server.url);
    client.send({ type: "subscribe" });
    await client.next("cursor");
    const path = trusted["AUTH_JWKS_FILE"] ?? "";
    const before = readFileSync(path);
    try {
      server.ahead = 30_000;
      await client.next("cursor", 2);
      writeFileSync(path, keySetOf(await makeKey()));
      await server.readKeys();
      server.ahead = 61_000;
      expect(await client.ended()).toMatchObject({ code: 4403, reason: expect.stringMatching(/^token-refused: /) });
    } finally {
      writeFileSync(path, before);
    }
  });

  test("is pinged, and told where it is, while nothing happens", async () => {
    const client = await EventClient.subscribed(server.url);
    let pings = 0;
    client.socket.on("ping", () => (pings += 1));
    for (let round = 1; round <= 3; round += 1) {
      server.ahead = round * 25_000;
      await until("the ping", async () => pings === round);
    }
    expect(client.of("cursor").length).toBeGreaterThanOrEqual(3);
    expect(client.closed).toBeUndefined();
  });

  test("that is silent is ended", async () => {
    const client = await EventClient.subscribed(server.url);
    client.socket.pause();
    server.ahead = 25_000;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    server.ahead = 46_000;
    await until("the end", async () => server.metric('event_connections_closed_total{reason="silent"} 1'));
    expect(await server.metric("event_connections 0")).toBe(true);
  });

  test("that reads slowly is ended, with a word on how to go on, and others are not", async () => {
    const [slow, other] = [await EventClient.subscribed(server.url), await EventClient.subscribed(server.url)];
    slow.socket.pause();
    let id = 0;
    const more = () => server.record.add(...Array.from({ length: 2_000 }, () => eventOf((id += 1))));
    await until(
      "the end of the slow one",
      async () => {
        more();
        await server.events.feed.fresh();
        return server.metric('event_connections_closed_total{reason="slow-reader"} 1');
      },
      60_000,
    );
    slow.socket.resume();
    const { code, reason } = await slow.ended();
    // A client that reads within five seconds has the word, another one a broken connection.
    expect(`${code} ${reason}`).toMatch(/^(?:1006 |1013 slow-reader: )/);
    await until("the other one to have all", async () => other.events.length === id);
    expect(other.closed).toBeUndefined();
    const back = await EventClient.open(server.url, `/ws?cursor=${slow.cursor}`);
    await back.next("cursor");
    expect(slow.events.length + back.events.length).toBe(id);
  }, 120_000);

  test("waits out that the record cannot be read, and has missed nothing", async () => {
    const client = await EventClient.subscribed(server.url);
    server.record.failures = [new Error("away"), new Error("away")];
    server.record.add(eventOf(1));
    await client.untilEvents(1);
    const cursor = encodeCursor(behind(0));
    server.record.add(...Array.from({ length: 1_000 }, (_, index) => eventOf(index + 2)));
    await client.untilEvents(1_001);
    const late = EventClient.open(server.url, `/ws?cursor=${cursor}`);
    server.record.failures = [new Error("away"), new Error("away"), new Error("away")];
    await (await late).untilEvents(1_001);
    expect((await late).events).toHaveLength(1_001);
  });
});

describe("a server that stops", () => {
  test("tells every client so, one after the other, and takes no others", async () => {
    const clients = await Promise.all(Array.from({ length: 40 }, () => EventClient.subscribed(server.url)));
    const ends: number[] = [];
    for (const client of clients) client.socket.on("close", () => ends.push(performance.now()));
    const closing = server.events.connections.close();
    expect((await refusedHandshake(server.url)).status).toBe(503);
    await closing;
    for (const client of clients) {
      expect(await client.ended()).toMatchObject({ code: 1012, reason: expect.stringMatching(/^restart: /) });
    }
    expect((ends.at(-1) ?? 0) - (ends[0] ?? 0)).toBeGreaterThan(300);
    expect(await server.metric('event_connections_closed_total{reason="restart"} 40')).toBe(true);
    expect(await server.metric("event_connections 0")).toBe(true);
  });
});
