import type { TracingSpec } from "@profile-platform/crds";
import { describe, expect, test } from "vitest";
import { templateOf } from "../testing/platform-objects.ts";
import { SAMPLE_MODEL } from "../testing/sample-model.ts";
import { configData as serverData } from "./server/config-map.ts";
import { deployment as serverDeployment } from "./server/deployment.ts";
import { tracingCredentials, tracingSettings } from "./tracing.ts";
import { configData as workerData } from "./worker/config-map.ts";
import { deployment as workerDeployment } from "./worker/deployment.ts";

const TRACING: TracingSpec = {
  endpoint: "http://otel-collector.observability-layer.svc.cluster.local:4318",
  sampling: { ratePerMillion: 100_000, parentBased: true },
  compression: "gzip",
  timeout: "1500ms",
  queueLength: 1000,
  batchSize: 100,
};
const model = { ...SAMPLE_MODEL, tracing: TRACING };

const VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel-collector.observability-layer.svc.cluster.local:4318",
  OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
  OTEL_EXPORTER_OTLP_TIMEOUT: "1500",
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  OTEL_BSP_MAX_QUEUE_SIZE: "1000",
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "100",
  OTEL_RESOURCE_ATTRIBUTES: "k8s.namespace.name=server-layer",
};

describe("settings of traces", () => {
  test("are none where nothing is recorded, so that no pod restarts for a version that knows them", () => {
    expect(tracingSettings(SAMPLE_MODEL)).toStrictEqual({});
    expect(tracingCredentials(SAMPLE_MODEL)).toStrictEqual([]);
  });

  test("are told to server and worker", () => {
    expect(serverData(model)).toStrictEqual({ ...serverData(SAMPLE_MODEL), ...VARIABLES });
    expect(workerData(model)).toStrictEqual({ ...workerData(SAMPLE_MODEL), ...VARIABLES });
  });

  test.each([
    [0, "0"],
    [1, "0.000001"],
    [1_000_000, "1"],
  ])("%i of a million are %s", (ratePerMillion, ratio) => {
    const tracing = { ...TRACING, sampling: { ratePerMillion, parentBased: false } };
    expect(tracingSettings({ ...model, tracing })).toMatchObject({
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: ratio,
    });
  });

  test("attributes are encoded, and in one order whatever that of the manifest is", () => {
    const attributes = (resourceAttributes: Readonly<Record<string, string>>) =>
      tracingSettings({ ...model, tracing: { ...TRACING, resourceAttributes } })["OTEL_RESOURCE_ATTRIBUTES"];
    expect(attributes({ "k8s.cluster.name": "a=b, c%", "deployment.environment.name": "test" })).toBe(
      "deployment.environment.name=test,k8s.cluster.name=a%3Db%2C%20c%25,k8s.namespace.name=server-layer",
    );
    expect(attributes({ b: "1", a: "2" })).toBe(attributes({ a: "2", b: "1" }));
  });
});

test("headers for the collector come from the Secret that is named", () => {
  const headers = {
    name: "OTEL_EXPORTER_OTLP_HEADERS",
    valueFrom: { secretKeyRef: { name: "otlp-headers", key: "OTEL_EXPORTER_OTLP_HEADERS" } },
  };
  const named = { ...model, tracing: { ...TRACING, headersSecret: "otlp-headers" } };
  for (const deployment of [serverDeployment, workerDeployment]) {
    const environmentOf = (of: typeof model) => templateOf(deployment(of))?.spec?.containers[0]?.env ?? [];
    expect(environmentOf(named)).toStrictEqual([...environmentOf(model), headers]);
  }
});
