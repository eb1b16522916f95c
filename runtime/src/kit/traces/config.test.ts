import { describe, expect, test } from "vitest";
import { type Environment, loadConfig } from "../config.ts";
import { traceRules, traceSettings, traceVariables } from "./config.ts";

const settings = (environment: Environment) =>
  traceSettings(loadConfig(traceVariables, environment, traceRules), "server");
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel-collector.observability-layer.svc.cluster.local:4318" };

describe("traceSettings", () => {
  test("are none without a collector, or when told so", () => {
    for (const environment of [
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: "" },
      { ...endpoint, OTEL_SDK_DISABLED: "true" },
      { ...endpoint, OTEL_TRACES_EXPORTER: "none" },
    ]) {
      expect(settings(environment)).toBeUndefined();
    }
  });

  test("are OpenTelemetry's own unless told otherwise", () => {
    expect(settings(endpoint)).toEqual({
      url: "http://otel-collector.observability-layer.svc.cluster.local:4318/v1/traces",
      headers: {},
      compress: false,
      timeout: 10_000,
      serviceName: "server",
      attributes: {},
      sampler: "parentbased_always_on",
      ratio: 1,
      queue: 2_048,
      batch: 512,
      delay: 5_000,
    });
  });

  test("are what the variables say", () => {
    expect(
      settings({
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://ignored.example.org",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example.org/otlp",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20a%3Db, x-tenant = demo,",
        OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
        OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
        OTEL_RESOURCE_ATTRIBUTES: "service.name=listed,deployment.environment.name=production",
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0.25",
        OTEL_BSP_MAX_QUEUE_SIZE: "100",
        OTEL_BSP_SCHEDULE_DELAY: "1000",
      }),
    ).toEqual({
      url: "https://traces.example.org/otlp",
      headers: { authorization: "Bearer a=b", "x-tenant": "demo" },
      compress: true,
      timeout: 2_000,
      serviceName: "listed",
      attributes: { "deployment.environment.name": "production" },
      sampler: "parentbased_traceidratio",
      ratio: 0.25,
      queue: 100,
      batch: 100,
      delay: 1_000,
    });
    expect(
      settings({ ...endpoint, OTEL_SERVICE_NAME: "profiles", OTEL_RESOURCE_ATTRIBUTES: "service.name=x" }),
    ).toEqual(expect.objectContaining({ serviceName: "profiles", attributes: {} }));
    const path = settings({ OTEL_EXPORTER_OTLP_ENDPOINT: "https://example.org/tenant/" });
    expect(path?.url).toBe("https://example.org/tenant/v1/traces");
  });

  test.each([
    ["OTEL_SDK_DISABLED", "yes", "one of true, false"],
    ["OTEL_TRACES_EXPORTER", "console", "one of otlp, none"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "otel:4318", "an http or https URL"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hunter2@otel:4318", "an http or https URL without user"],
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://otel:4318/?a=hunter2", "an http or https URL without user"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/json"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "headers such as authorization=Bearer%20token"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a=%0d%0ax-other:hunter2", "headers such as"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a b=hunter2", "headers such as"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a=%zz", "headers such as"],
    ["OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "one of none, gzip"],
    ["OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "a whole number from 100 to 60000"],
    ["OTEL_RESOURCE_ATTRIBUTES", "=x", "attributes such as"],
    ["OTEL_TRACES_SAMPLER", "jaeger_remote", "one of always_on"],
    ["OTEL_TRACES_SAMPLER_ARG", "1.5", "a number from 0 to 1"],
    ["OTEL_TRACES_SAMPLER_ARG", "half", "a number from 0 to 1"],
    ["OTEL_BSP_MAX_QUEUE_SIZE", "0", "a whole number from 1 to 65536"],
  ])("%s=%j is refused with what is expected", (name, value, expected) => {
    let message = "";
    try {
      settings({ [name]: value });
    } catch (err) {
      message = err instanceof Error ? err.message : "";
    }
    expect(message).toContain(`  ${name}: expected ${expected}`);
    expect(message).not.toContain("hunter2");
  });

  test("a batch has to fit into the queue", () => {
    const batch = { ...endpoint, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "200" };
    expect(settings({ ...batch, OTEL_BSP_MAX_QUEUE_SIZE: "200" })?.batch).toBe(200);
    expect(() => settings({ ...batch, OTEL_BSP_MAX_QUEUE_SIZE: "100" })).toThrow(
      "OTEL_BSP_MAX_EXPORT_BATCH_SIZE: expected a number that is not above OTEL_BSP_MAX_QUEUE_SIZE",
    );
  });
});
