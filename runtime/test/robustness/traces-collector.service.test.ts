import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Task } from "../../src/tasks/task.ts";
import { type Client, createClient, send } from "../client.ts";
import { type Collector, startCollector } from "../collector.ts";
import { freePort, until } from "../instance.ts";
import { metricsUrlOf } from "../metrics-urls.ts";
import { ownServices } from "../own-services.ts";
import { runSql } from "../postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "../service.ts";

let settings: Settings;
let collector: Collector;

beforeEach(async () => {
  collector = await startCollector();
  settings = await createSettings();
  await migrateDatabase(settings);
});
afterEach(async () => {
  await endServices();
  await collector.close();
});

const quick: Settings = { OTEL_EXPORTER_OTLP_TIMEOUT: "300", OTEL_BSP_SCHEDULE_DELAY: "20" };

async function startServer(variables: Settings): Promise<{ readonly server: Service; readonly client: Client }> {
  const server = startService("server", { ...settings, ...variables });
  await server.ready();
  return { server, client: createClient(await server.url()) };
}

const dropped = (reason: string) => `trace_spans_dropped_total{reason="${reason}"}`;

/** Sends requests one after the other. @returns milliseconds that the slowest of them took */
async function ask(client: Client, requests: number): Promise<number> {
  let slowest = 0;
  for (let request = 0; request < requests; request += 1) {
    const startedAt = performance.now();
    const { status } = await send(`${client.url}/api/v1/profiles?limit=1`);
    expect(status).toBe(200);
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  return slowest;
}

describe("without a collector", () => {
  test("nothing is recorded, and the trace of a client goes through to the worker all the same", async () => {
    const { server, client } = await startServer({});
    const worker = startService("worker", settings);
    await worker.ready();
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const input = { type: "echo", payload: {} };
    const schedule = (headers: Readonly<Record<string, string>>) =>
      send<{ task: Task }>(`${client.url}/api/v1/tasks/delayed`, "POST", input, headers);
    const traced = await schedule({ traceparent, tracestate: "shop=42" });
    const plain = await schedule({});
    const broken = await schedule({ traceparent: "broken", tracestate: "shop=42" });
    for (const { body } of [traced, plain, broken]) await client.ended(body.task.id);
    const lineOf = (answer: typeof traced) =>
      until("the worker's line", async () => worker.logs.find(({ taskId }) => taskId === answer.body.task.id));
    expect(await lineOf(traced)).toMatchObject({ trace_id: traceId });
    for (const answer of [plain, broken]) expect(await lineOf(answer)).not.toHaveProperty("trace_id");
    const rows = await runSql(
      ownServices().postgres.port,
      settings["DB_NAME"] ?? "",
      "SELECT traceparent, tracestate FROM tasks ORDER BY created_at",
    );
    const none = { traceparent: null, tracestate: null };
    expect(rows).toEqual([{ traceparent, tracestate: "shop=42" }, none, none]);
    expect(server.logs.find((line) => line["trace_id"] === traceId)).toMatchObject({ msg: "answered" });

    const refused = await send(`${client.url}/api/v1/profiles`, "POST", {}, { traceparent });
    expect(refused.body).toMatchObject({ traceId });
    expect((await send(`${client.url}/api/v1/profiles`, "POST", {})).body).not.toHaveProperty("traceId");
    const metrics = await (await fetch(`${metricsUrlOf(client.url)}/metrics`)).text();
    expect(metrics).toContain("http_requests_total");
    expect(metrics).not.toContain("trace_spans");
  });
});

describe("a collector that is away", () => {
  test("costs spans, which are counted, and no request; and the service ends in order", async () => {
    const { server, client } = await startServer({
      ...quick,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20hunter2",
    });
    expect(await ask(client, 50)).toBeLessThan(1_000);
    await until("spans to be dropped", async () => (await client.metric(dropped("not_taken"))) > 0);
    expect(await client.metric("trace_spans_exported_total")).toBe(0);
    const told = server.logs.filter(({ msg }) => msg.startsWith("the collector has not taken traces"));
    // Not once a batch.
    expect(told).toHaveLength(1);
    expect(told[0]?.["reason"]).toContain("ECONNREFUSED");
    expect(await server.exit("SIGTERM")).toBe(0);
    expect(JSON.stringify(server.logs)).not.toContain("hunter2");
  });

  test("is used as soon as it is there", async () => {
    collector.mode = "refuse";
    const { server, client } = await startServer({ ...quick, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await ask(client, 5);
    await until("spans to be dropped", async () => (await client.metric(dropped("not_taken"))) > 0);
    collector.mode = "take";
    await ask(client, 5);
    await until("spans to be taken", async () => (await client.metric("trace_spans_exported_total")) > 0);
    expect(server.logs.map(({ msg }) => msg)).toContain("the collector takes traces again");
  });
});

describe("a collector that does not answer", () => {
  test("keeps as many spans waiting as it may and no more, and no request", async () => {
    collector.mode = "hold";
    const { server, client } = await startServer({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_MAX_QUEUE_SIZE: "64",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "16",
      OTEL_BSP_SCHEDULE_DELAY: "20",
    });
    expect(await ask(client, 200)).toBeLessThan(1_000);
    expect(await client.metric(dropped("queue_full"))).toBeGreaterThan(100);
    expect(await client.metric("trace_spans_waiting")).toBe(64);
    const startedAt = performance.now();
    expect(await server.exit("SIGTERM")).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(server.logs.map(({ msg }) => msg)).toContain("the last spans could not be sent");
  });
});

test("a configuration that cannot be meant is refused by name, without the secret in it", async () => {
  const server = startService("server", {
    ...settings,
    OTEL_EXPORTER_OTLP_ENDPOINT: "otel-collector:4318",
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_EXPORTER_OTLP_HEADERS: "Bearer hunter2",
    OTEL_TRACES_SAMPLER_ARG: "10%",
  });
  expect(await server.exit()).toBe(1);
  const message = server.logs[0]?.msg ?? "";
  expect(message.match(/OTEL_[A-Z_]+(?=: expected)/g)?.toSorted()).toEqual([
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_TRACES_SAMPLER_ARG",
  ]);
  expect(message).not.toContain("hunter2");
});
