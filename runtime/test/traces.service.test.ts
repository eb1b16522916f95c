import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Task } from "../src/tasks/task.ts";
import { type Client, createClient, type ProfileBody, send } from "./client.ts";
import { type Collector, kinds, type ReceivedSpan, startCollector } from "./collector.ts";
import { EventClient } from "./event-client.ts";
import { until } from "./instance.ts";
import { issuer } from "./issuer.ts";
import { metricsUrlOf } from "./metrics-urls.ts";
import { ownServices } from "./own-services.ts";
import { unique } from "./pictures.ts";
import { runSql } from "./postgres.ts";
import { redisPassword } from "./redis.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "./service.ts";

let collector: Collector;
let settings: Settings;
let server: Service;
let worker: Service;
let client: Client;

beforeAll(async () => {
  collector = await startCollector();
  settings = {
    ...(await createSettings()),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20collectors-own",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=tests",
    OTEL_BSP_SCHEDULE_DELAY: "50",
  };
  await migrateDatabase(settings);
  server = startService("server", settings);
  worker = startService("worker", settings);
  await Promise.all([server.ready(), worker.ready()]);
  client = createClient(await server.url());
});
afterAll(async () => {
  await endServices();
  await collector.close();
});

const hex = (bytes: number) => randomBytes(bytes).toString("hex");

/** A trace that a client has begun, with its headers. */
function begunTrace(flags = "01") {
  const traceId = hex(16);
  const spanId = hex(8);
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: "shop=42" } };
}

const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
  const found = spans.filter((span) => span.name === name);
  expect(found, `spans named ${name} among ${spans.map((span) => span.name).join(", ")}`).toHaveLength(1);
  return found[0] as ReceivedSpan;
};
const has = (name: string) => (spans: readonly ReceivedSpan[]) => spans.some((span) => span.name === name);

describe("one trace", () => {
  test("goes from a request through the schedule and the queue to what the worker does", async () => {
    const { id } = await client.create("traced@example.org");
    const { traceId, spanId, headers } = begunTrace();
    const input = { type: "profile.update", payload: { profileId: id, changes: { bio: "traced" } }, delaySeconds: 0.2 };
    const answer = await send<{ task: Task }>(`${client.url}/api/v1/tasks/delayed`, "POST", input, headers);
    expect(answer.status).toBe(202);
    const spans = await collector.trace(traceId, has("process profile.tasks"));

    const request = named(spans, "POST /api/v1/tasks/delayed");
    expect(request).toMatchObject({
      parentSpanId: spanId,
      kind: kinds.server,
      traceState: "shop=42",
      attributes: {
        "http.request.method": "POST",
        "http.route": "/api/v1/tasks/delayed",
        "http.response.status_code": 202,
        "url.scheme": "http",
      },
      service: {
        "service.namespace": "profile-platform",
        "service.name": "server",
        "deployment.environment.name": "tests",
      },
    });
    expect(named(spans, "EVALSHA rateLimitTake")).toMatchObject({
      parentSpanId: request.spanId,
      kind: kinds.client,
      attributes: { "db.system.name": "redis", "server.address": "127.0.0.1" },
    });
    expect(named(spans, "task-insert")).toMatchObject({
      parentSpanId: request.spanId,
      kind: kinds.client,
      attributes: {
        "db.system.name": "postgresql",
        "db.namespace": settings["DB_NAME"],
        "db.query.summary": "task-insert",
        "db.response.returned_rows": 1,
      },
    });

    const publication = named(spans, "send profile.tasks");
    const messaging = {
      "messaging.system": "rabbitmq",
      "messaging.destination.name": "profile.tasks",
      "messaging.message.id": answer.body.task.id,
    };
    expect(publication).toMatchObject({
      parentSpanId: request.spanId,
      kind: kinds.producer,
      attributes: { ...messaging, "messaging.operation.type": "send" },
      service: { "service.name": "server" },
    });
    const processing = named(spans, "process profile.tasks");
    expect(processing).toMatchObject({
      parentSpanId: publication.spanId,
      kind: kinds.consumer,
      attributes: { ...messaging, "messaging.operation.type": "process" },
      service: { "service.name": "worker" },
    });
    expect(named(spans, "task-begin").parentSpanId).toBe(processing.spanId);
    const execution = named(spans, "execute profile.update");
    expect(execution).toMatchObject({
      parentSpanId: processing.spanId,
      kind: kinds.internal,
      attributes: { "task.type": "profile.update", "task.attempt": 1, "task.outcome": "succeeded" },
    });
    for (const name of ["BEGIN", "profile-lock", "profile-replace", "task-succeed", "COMMIT"]) {
      const statement = named(spans, name);
      expect(statement).toMatchObject({ parentSpanId: execution.spanId, service: { "service.name": "worker" } });
    }
    for (const name of ["EVALSHA profileCacheBeginWrite", "EVALSHA profileCacheEndWrite"]) {
      expect(named(spans, name).parentSpanId).toBe(execution.spanId);
    }
    const ids = new Set([spanId, ...spans.map((span) => span.spanId)]);
    expect(spans.filter(({ parentSpanId = "" }) => !ids.has(parentSpanId))).toEqual([]);
    expect(spans.every(({ startTimeUnixNano: start, endTimeUnixNano: end }) => BigInt(end) >= BigInt(start))).toBe(
      true,
    );
    expect(collector.headers.every(({ authorization }) => authorization === "Bearer collectors-own")).toBe(true);
  });

  test("stands in the log lines of both services, and in a problem", async () => {
    const { traceId, headers } = begunTrace();
    const input = { type: "echo", payload: {} };
    const { body } = await send<{ task: Task }>(`${client.url}/api/v1/tasks/delayed`, "POST", input, headers);
    const line = await until("the worker's line", async () =>
      worker.logs.find(({ taskId }) => taskId === body.task.id),
    );
    expect(line).toMatchObject({ msg: "carried out a task", trace_id: traceId });
    const answered = await until("the server's line", async () =>
      server.logs.find(({ msg, trace_id: id }) => msg === "answered" && id === traceId),
    );
    const spans = await collector.trace(traceId, has("POST /api/v1/tasks/delayed"));
    expect(answered["span_id"]).toBe(named(spans, "POST /api/v1/tasks/delayed").spanId);

    const refused = begunTrace();
    const problem = await send(`${client.url}/api/v1/profiles`, "POST", {}, refused.headers);
    expect(problem).toMatchObject({ status: 400, body: { traceId: refused.traceId } });
    const [span] = await collector.trace(refused.traceId, has("POST /api/v1/profiles"));
    // It is the client's fault: nothing has failed here.
    expect(span?.status?.code ?? 0).toBe(0);
  });

  test("goes on through a dead letter, and through a replay in the trace of who has replayed", async () => {
    const { body } = await send<{ task: Task }>(`${client.url}/api/v1/tasks/delayed`, "POST", {
      type: "echo",
      payload: {},
      delaySeconds: 3_600,
    });
    // No worker knows it, and it has no attempts left.
    await sql(`UPDATE tasks SET type = 'unknown', max_attempts = 1, dispatch_at = now() WHERE id = '${body.task.id}'`);
    const [{ traceparent } = {}] = await sql(`SELECT traceparent FROM tasks WHERE id = '${body.task.id}'`);
    const first = String(traceparent).split("-")[1] ?? "";
    const spans = await collector.trace(first, (all) => all.filter(({ kind }) => kind === kinds.consumer).length === 1);
    expect(named(spans, "send profile.tasks.dead").parentSpanId).toBe(named(spans, "process profile.tasks").spanId);
    expect(named(spans, "execute unknown")).toMatchObject({
      status: { code: 2 },
      attributes: { "task.outcome": "dead", "error.type": "attempt-failed" },
    });

    await sql(`UPDATE tasks SET type = 'echo' WHERE id = '${body.task.id}'`);
    const { traceId, headers } = begunTrace();
    await send(`${client.url}/api/v1/tasks/${body.task.id}/replay`, "POST", undefined, headers);
    const replayed = await collector.trace(traceId, has("process profile.tasks"));
    expect(named(replayed, "send profile.tasks").parentSpanId).toBe(
      named(replayed, "POST /api/v1/tasks/:id/replay").spanId,
    );
  });

  test("has a failed statement and a failed request, with the kinds of failure alone", async () => {
    const email = "taken-in-a-trace@example.org";
    await client.create(email);
    const { traceId, headers } = begunTrace();
    const taken = await send(`${client.url}/api/v1/profiles`, "POST", { name: "Ada", email }, headers);
    expect(taken.status).toBe(409);
    const spans = await collector.trace(traceId, has("POST /api/v1/profiles"));
    const failed = spans.filter(({ status }) => status?.code === 2);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({
      name: "profile-insert",
      attributes: { "error.type": "23505", "db.response.status_code": "23505" },
    });
    expect(failed[0]?.status?.message ?? "").toBe("");
    expect(failed[0]?.events ?? []).toEqual([]);
  });

  test("shows an upload: its body, the encoding, and the store", async () => {
    const { id } = await client.create("pictured@example.org");
    const { traceId, headers } = begunTrace();
    const { status } = await client.upload(id, await unique(), headers);
    expect(status).toBe(201);
    const spans = await collector.trace(traceId, has("POST /api/v1/profiles/:id/images"));
    const request = named(spans, "POST /api/v1/profiles/:id/images");
    expect(named(spans, "encode image")).toMatchObject({ parentSpanId: request.spanId, kind: kinds.internal });
    const stored = spans.filter(({ name }) => name === "image-data-put");
    expect(stored.map(({ parentSpanId }) => parentSpanId)).toEqual([request.spanId, request.spanId, request.spanId]);
  });
});

describe("what begins a trace", () => {
  test.each([
    ["no header", undefined],
    ["a header that is no trace", "not-a-trace"],
    ["a trace of zeros", `00-${"0".repeat(32)}-${"1".repeat(16)}-01`],
    ["a version that there will never be", `ff-${"1".repeat(32)}-${"1".repeat(16)}-01`],
    ["two headers in one", `00-${"1".repeat(32)}-${"1".repeat(16)}-01, 00-${"2".repeat(32)}-${"1".repeat(16)}-01`],
  ])("%s", async (_what, traceparent) => {
    const headers = traceparent === undefined ? {} : { traceparent, tracestate: "shop=42" };
    const { body } = await send(`${client.url}/api/v1/tasks/nonsense`, "GET", undefined, headers);
    expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(String(traceparent)).not.toContain(body.traceId);
    const spans = await collector.trace(body.traceId ?? "", has("GET /api/v1/tasks/:id"));
    const request = named(spans, "GET /api/v1/tasks/:id");
    expect([request.parentSpanId ?? "", request.traceState ?? ""]).toEqual(["", ""]);
  });
});

describe("what is not recorded", () => {
  test("a trace that its client does not record, which goes through to the worker all the same", async () => {
    const { traceId, headers } = begunTrace("00");
    const input = { type: "echo", payload: {} };
    const { body } = await send<{ task: Task }>(`${client.url}/api/v1/tasks/delayed`, "POST", input, headers);
    await client.ended(body.task.id);
    await until("the worker's line", async () => worker.logs.some(({ trace_id: id }) => id === traceId));
    const marker = begunTrace();
    await send(`${client.url}/api/v1/profiles`, "GET", undefined, marker.headers);
    await collector.trace(marker.traceId, has("GET /api/v1/profiles"));
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });

  test("probes, scrapes, what the clock does, and what a WebSocket does after its handshake", async () => {
    const { traceId, headers } = begunTrace();
    const probed = [`${client.url}/health`, `${client.url}/ready`, `${metricsUrlOf(client.url)}/metrics`];
    for (const url of probed) expect((await fetch(url, { headers })).status).toBe(200);
    const stream = await EventClient.subscribed(client.url, { filters: [{ kind: "profile" }] });
    await client.create("over-a-websocket@example.org");
    await stream.untilEvents(1);
    const marker = begunTrace();
    await send(`${client.url}/api/v1/profiles`, "GET", undefined, marker.headers);
    await collector.trace(marker.traceId, has("GET /api/v1/profiles"));
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
    const names = new Set(collector.spans.map(({ name }) => name));
    for (const name of ["health-check", "task-take-due", "events-look", "cache-trust-read", "PING", "INFO"]) {
      expect(names).not.toContain(name);
    }
    const handshake = collector.spans.find(({ name }) => name === "GET /ws");
    expect(handshake?.attributes["http.response.status_code"]).toBe(101);
  });
});

test("no value of a statement, no token, no password and no address of a person is in what is sent", async () => {
  const secrets = {
    email: `secret-${hex(6)}@example.org`,
    name: `Name ${hex(8)}`,
    bio: `Bio ${hex(8)}`,
    subject: `subject-${hex(8)}`,
    key: `key-${hex(8)}`,
    payload: `payload-${hex(8)}`,
    requestId: `request-${hex(8)}`,
    query: `query-${hex(8)}`,
    path: `path-${hex(8)}@example.org`,
    agent: `agent-${hex(8)}`,
  };
  const token = await issuer.token({ subject: secrets.subject });
  const headers = {
    Authorization: `Bearer ${token}`,
    "Idempotency-Key": secrets.key,
    "X-Request-Id": secrets.requestId,
    "User-Agent": secrets.agent,
    traceparent: begunTrace().headers.traceparent,
  };
  const { name, email, bio } = secrets;
  const profiles = `${client.url}/api/v1/profiles`;
  const { body } = await send<ProfileBody>(profiles, "POST", { name, email, bio }, headers);
  const { id } = body.profile;
  const { "Idempotency-Key": _key, ...rest } = headers;
  await send(`${profiles}/${id}`, "GET", undefined, rest);
  await send(profiles, "POST", { name, email }, rest);
  await send(`${profiles}?search=${secrets.query}&email=${email}`, "GET", undefined, rest);
  await send(`${client.url}/${secrets.path}`, "GET", undefined, rest);
  await send(`${client.url}/api/v1/${secrets.path}`, "GET", undefined, { ...rest, Authorization: "Bearer a.b.c" });
  const input = { type: "echo", payload: { secret: secrets.payload } };
  const { body: scheduled } = await send<{ task: Task }>(`${client.url}/api/v1/tasks/delayed`, "POST", input, rest);
  const change = { type: "profile.update", payload: { profileId: id, changes: { bio: `${bio}!` } } };
  const { body: changing } = await send<{ task: Task }>(`${client.url}/api/v1/tasks/delayed`, "POST", change, rest);
  await Promise.all([client.ended(scheduled.task.id), client.ended(changing.task.id)]);
  const { body: uploaded } = await client.upload(id, await unique(), rest);

  const last = begunTrace();
  await send(profiles, "GET", undefined, { ...rest, traceparent: last.headers.traceparent });
  await collector.trace(last.traceId, has("GET /api/v1/profiles"));
  const traceId = rest.traceparent.split("-")[1] ?? "";
  await collector.trace(traceId, (spans) => spans.filter(({ kind }) => kind === kinds.consumer).length === 2);
  const sent = collector.texts.join("\n");
  // That it would be found.
  expect(sent).toContain(scheduled.task.id);
  const ids = [id, uploaded.image.hash];
  for (const secret of [...Object.values(secrets), ...ids, token, redisPassword, "guest:guest", "not-asked-for"]) {
    expect(sent, secret).not.toContain(secret);
  }
});

test("what was recorded last is sent before a service ends", async () => {
  const last = startService("server", { ...settings, OTEL_BSP_SCHEDULE_DELAY: "60000" });
  await last.ready();
  const { traceId, headers } = begunTrace();
  await send(`${await last.url()}/api/v1/profiles`, "GET", undefined, headers);
  expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  expect(await last.exit("SIGTERM")).toBe(0);
  expect(collector.spans.filter((span) => span.traceId === traceId).length).toBeGreaterThan(0);
});

async function sql(statement: string) {
  return runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", statement);
}
