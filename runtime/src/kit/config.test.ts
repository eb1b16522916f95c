import { describe, expect, test } from "vitest";
import { serverVariables } from "../server/config.ts";
import { workerVariables } from "../worker/config.ts";
import { type Environment, loadConfig, portRules } from "./config.ts";
import { parseDuration } from "./duration.ts";

const required = { DB_PASSWORD: "p", REDIS_PASSWORD: "r" };

function faults(environment: Readonly<Record<string, string>>): string {
  try {
    loadConfig(serverVariables, environment);
  } catch (err) {
    return err instanceof Error ? err.message : "";
  }
  return "";
}

describe("loadConfig", () => {
  test("names what is wrong of variables together beside what is wrong of each", () => {
    const together = ({ DB_HOST }: Environment): Readonly<Record<string, string>> =>
      DB_HOST === "a" ? { DB_HOST: "another value", DB_PORT: "nothing" } : {};
    expect(() => loadConfig(serverVariables, { ...required, DB_HOST: "a", DB_PORT: "x" }, together)).toThrow(
      "Set these environment variables:\n  DB_HOST: expected another value\n  DB_PORT: expected a whole number",
    );
    expect(() => loadConfig(serverVariables, { ...required, DB_HOST: "a" }, together)).toThrow(
      "DB_PORT: expected nothing",
    );
  });

  test("fills in what is not set, or set to nothing", () => {
    expect(loadConfig(serverVariables, { ...required, DB_HOST: "", UNRELATED: "x" })).toEqual({
      LOG_LEVEL: "info",
      DB_HOST: "localhost",
      DB_PORT: 5432,
      DB_USER: "postgres",
      DB_PASSWORD: "p",
      DB_NAME: "profiles",
      DB_POOL_SIZE: 8,
      DB_READ_PORT: 5432,
      DB_READ_MAX_LAG: 100,
      REDIS_ADDRESS: { host: "localhost", port: 6379 },
      REDIS_SENTINEL_NAME: "redis",
      REDIS_PASSWORD: "r",
      REDIS_DB: 0,
      QUEUE_URI: "amqp://guest:guest@localhost:5672/",
      CACHE_MAX_ENTRIES: 10,
      CACHE_NEW_ENTRY_TTL: 86_400_000,
      CACHE_UPDATED_ENTRY_TTL: 3_600_000,
      CACHE_REDIS_TIMEOUT: 250,
      SHUTDOWN_GRACE_PERIOD: 20_000,
      SERVER_PORT: 8080,
      METRICS_PORT: 9090,
      TASK_RETENTION: 2_592_000_000,
      AUTH_AUDIENCE: "profile-platform",
      AUTH_ROLES_CLAIM: "roles",
      IMAGE_MAX_BYTES: 10_485_760,
      IMAGE_MAX_PIXELS: 25_000_000,
      IMAGE_MAX_PER_PROFILE: 10,
      IMAGE_CONCURRENCY: 1,
      IMAGE_QUEUE_LENGTH: 16,
      IMAGE_ORPHAN_RETENTION: 600_000,
      S3_REGION: "us-east-1",
      S3_FORCE_PATH_STYLE: false,
      EVENT_RETENTION: 3_600_000,
      EVENT_CONNECTIONS: 1_000,
      BREAKER_FAILURES: 5,
      BREAKER_PROBE_INTERVAL: 500,
      RATE_LIMIT_READS: { quota: 5_000, window: 10_000 },
      RATE_LIMIT_WRITES: { quota: 3_000, window: 10_000 },
      RATE_LIMIT_ANONYMOUS: { quota: 5_000, window: 10_000 },
      RATE_LIMIT_REFUSALS: { quota: 100, window: 10_000 },
      RATE_LIMIT_MEMORY_BUCKETS: 20_000,
      RATE_LIMIT_REDIS_TIMEOUT: 100,
      TRUSTED_PROXY_HOPS: 0,
      SHEDDING_TARGET_DELAY: 100,
      SHEDDING_MIN_IN_FLIGHT: 32,
      SHEDDING_MAX_IN_FLIGHT: 512,
      OTEL_SDK_DISABLED: false,
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_HEADERS: {},
      OTEL_EXPORTER_OTLP_COMPRESSION: "none",
      OTEL_EXPORTER_OTLP_TIMEOUT: 10_000,
      OTEL_RESOURCE_ATTRIBUTES: {},
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
      OTEL_TRACES_SAMPLER_ARG: 1,
      OTEL_BSP_MAX_QUEUE_SIZE: 2_048,
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 512,
      OTEL_BSP_SCHEDULE_DELAY: 5_000,
    });
    expect(loadConfig(workerVariables, required)).toMatchObject({
      WORKER_PORT: 8081,
      METRICS_PORT: 9091,
      WORKER_CONCURRENCY: 10,
      DB_POOL_SIZE: 10,
    });
  });

  test("takes an IPv6 address with its port", () => {
    const { REDIS_ADDRESS } = loadConfig(serverVariables, { ...required, REDIS_ADDRESS: "[fd00::1]:6380" });
    expect(REDIS_ADDRESS).toEqual({ host: "fd00::1", port: 6380 });
  });

  test("takes several Sentinels", () => {
    const { REDIS_SENTINELS } = loadConfig(serverVariables, { ...required, REDIS_SENTINELS: "a:26379, [fd00::1]:1" });
    expect(REDIS_SENTINELS).toEqual([
      { host: "a", port: 26_379 },
      { host: "fd00::1", port: 1 },
    ]);
  });

  test.each([
    ["SERVER_PORT", "70000", "a port number from 0 to 65535"],
    ["SERVER_PORT", "8080tcp", "a port number from 0 to 65535"],
    ["DB_PORT", "0", "a whole number from 1 to 65535"],
    ["DB_POOL_SIZE", "0", "a number of connections from 1 to 100"],
    ["DB_POOL_SIZE", "101", "a number of connections from 1 to 100"],
    ["DB_POOL_SIZE", "eight", "a number of connections from 1 to 100"],
    ["REDIS_ADDRESS", "redis", "host:port, such as redis.data-layer.svc.cluster.local:6379"],
    [
      "REDIS_SENTINELS",
      "a:26379,b",
      "host:port with commas between them, such as redis-0.data-layer.svc.cluster.local:26379",
    ],
    ["QUEUE_URI", "https://host/", "an AMQP URI such as amqp://user:password@host:5672/"],
    ["CACHE_MAX_ENTRIES", "0", "a whole number from 1 to 100000"],
    ["CACHE_NEW_ENTRY_TTL", "1 day", "a duration such as 24h, of at least 1 ms"],
    ["CACHE_REDIS_TIMEOUT", "5s", "a duration such as 250ms, of at least 10 ms and at most 2000 ms"],
    ["TASK_RETENTION", "30d", "a duration such as 720h, of at least 1000 ms"],
    ["EVENT_RETENTION", "0s", "a duration such as 1h, of at least 1000 ms"],
    ["EVENT_CONNECTIONS", "0", "a whole number from 1 to 100000"],
    ["SHUTDOWN_GRACE_PERIOD", "-1s", "a duration such as 20s, of at least 100 ms"],
    ["BREAKER_FAILURES", "0", "a whole number from 1 to 1000"],
    ["BREAKER_PROBE_INTERVAL", "5s", "a duration such as 500ms, of at least 50 ms and at most 1000 ms"],
    ["LOG_LEVEL", "verbose", "one of fatal, error, warn, info, debug, trace, silent"],
    ["DB_PASSWORD", "", "a value: it has no default"],
  ])("%s=%j is refused with what is expected", (name, value, expected) => {
    const message = faults({ ...required, [name]: value });
    expect(message.split("\n").slice(1)).toEqual([`  ${name}: expected ${expected}`]);
  });

  test("names every bad variable at once, and no value", () => {
    const message = faults({ REDIS_PASSWORD: "hunter2", QUEUE_URI: "hunter3", DB_PORT: "hunter4" });
    expect(message.match(/[A-Z_]+(?=: expected)/g)).toEqual(["DB_PORT", "DB_PASSWORD", "QUEUE_URI"]);
    expect(message).not.toContain("hunter");
  });
});

describe("portRules", () => {
  const ports = { SERVER_PORT: 8080, METRICS_PORT: 9090 };

  test.each([{ SERVER_PORT: "9090" }, { METRICS_PORT: "8080" }, { SERVER_PORT: "7000", METRICS_PORT: "7000" }])(
    "%j are one port for two",
    (environment) => {
      expect(portRules(ports, environment)).toEqual({ METRICS_PORT: "another port than that of SERVER_PORT" });
    },
  );

  test.each([
    {},
    { SERVER_PORT: "", METRICS_PORT: "" },
    { SERVER_PORT: "9090", METRICS_PORT: "8080" },
    { SERVER_PORT: "0", METRICS_PORT: "0" },
  ])("%j are two", (environment) => {
    expect(portRules(ports, environment)).toEqual({});
  });
});

describe("parseDuration", () => {
  test.each([
    ["24h", 86_400_000],
    ["1h30m", 5_400_000],
    ["1.5s", 1_500],
    ["250ms", 250],
    ["0s", 0],
  ])("%s", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(["", "24", "h", "1d", "-1s", "1h 30m", "1s!", "Infinity"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
