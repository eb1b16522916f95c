import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "../src/kit/log.ts";
import { closeRedis, connectRedis } from "../src/kit/stores/redis.ts";
import { runScript } from "../src/kit/stores/redis-spans.ts";
import { continueTrace } from "../src/kit/traces/span.ts";
import { until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
import { redisPassword } from "./redis.ts";

const exporter = new InMemorySpanExporter();
let redis: Redis;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  const { port } = ownServices().redis;
  const settings = {
    address: { host: "127.0.0.1", port },
    password: redisPassword,
    database: 7,
    connectionName: "spans",
  };
  redis = connectRedis({ ...settings, commandTimeout: 2_000 }, createLogger("server", "silent"));
  redis.defineCommand("repeatText", { numberOfKeys: 1, lua: "return redis.call('GET', KEYS[1]) .. ARGV[1]" });
  redis.defineCommand("failAlways", { numberOfKeys: 1, lua: "return redis.error_reply('WRONGTYPE ' .. KEYS[1])" });
  await until("Redis", async () => redis.status === "ready");
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  await closeRedis(redis);
  context.disable();
  trace.disable();
});

const traced = <T>(work: () => Promise<T>) =>
  continueTrace("request", { kind: SpanKind.SERVER, attributes: {} }, ROOT_CONTEXT, work);

/** The spans of what Redis was asked for within a request, which is the last one to end. */
function asked() {
  const spans = exporter.getFinishedSpans();
  const request = spans.find(({ name }) => name === "request")?.spanContext().spanId;
  const others = spans.filter(({ name }) => name !== "request");
  expect(others.every(({ parentSpanContext }) => parentSpanContext?.spanId === request)).toBe(true);
  return others;
}

describe("within a trace", () => {
  test("each command is a span with its name, and each script one with its own", async () => {
    await traced(async () => {
      await redis.set("secret-key", "secret-value");
      expect(await runScript(redis, "repeatText", ["secret-key", "-secret-argument"])).toBe(
        "secret-value-secret-argument",
      );
      // By now Redis knows it, and is sent its hash.
      await runScript(redis, "repeatText", ["secret-key", "-secret-argument"]);
      await redis.del("secret-key");
    });
    const connection = {
      "db.system.name": "redis",
      "db.namespace": "7",
      "server.address": "127.0.0.1",
      "server.port": ownServices().redis.port,
    };
    const script = { ...connection, "db.operation.name": "EVALSHA", "db.stored_procedure.name": "repeatText" };
    expect(asked().map(({ name, kind, attributes }) => [name, kind, attributes])).toEqual([
      ["SET", SpanKind.CLIENT, { ...connection, "db.operation.name": "SET" }],
      ["EVALSHA repeatText", SpanKind.CLIENT, script],
      ["EVALSHA repeatText", SpanKind.CLIENT, script],
      ["DEL", SpanKind.CLIENT, { ...connection, "db.operation.name": "DEL" }],
    ]);
    expect(JSON.stringify(asked().map(({ attributes, events, status }) => [attributes, events, status]))).not.toContain(
      "secret",
    );
  });

  test("a command and a script that fail are told by the kind of failure, to their callers as ever", async () => {
    await traced(async () => {
      await redis.set("text", "1");
      await expect(redis.lpush("text", "secret")).rejects.toThrow("WRONGTYPE");
      await expect(runScript(redis, "failAlways", ["secret"])).rejects.toThrow("WRONGTYPE secret");
      await redis.del("text");
    });
    const failed = asked().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ name, status, attributes }) => [name, status.message, attributes["error.type"]])).toEqual([
      ["LPUSH", undefined, "ReplyError"],
      ["EVALSHA failAlways", undefined, "ReplyError"],
    ]);
  });
});

test("outside of a trace commands and scripts make no spans", async () => {
  await redis.set("key", "1");
  await runScript(redis, "repeatText", ["key", ""]);
  await redis.del("key");
  expect(exporter.getFinishedSpans()).toEqual([]);
});
