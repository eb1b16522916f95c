import type { ProfilePlatformSpec, ServerSpec, WorkerSpec } from "@profile-platform/crds";
import { tracingSettings } from "@profile-platform/operator/tracing";
import { serverVariables, sharedVariables, workerVariables } from "@profile-platform/operator/variables";
import { s3Settings } from "@profile-platform/runtime/images/config";
import { type TraceSettings, traceSettings } from "@profile-platform/runtime/kit/traces/config";
import { loadServerConfig } from "@profile-platform/runtime/server/config";
import { loadWorkerConfig } from "@profile-platform/runtime/worker/config";
import { describe, expect, test } from "vitest";
import { boundaryValues } from "../e2e/control-plane/support/schema/boundaries.ts";
import { type Field, fieldsOf, leavesOf } from "../e2e/control-plane/support/schema/fields.ts";
import {
  defects,
  fullSpec,
  mergePatch,
  patchOf,
  plainSpec,
  type Spec,
  stored,
} from "../e2e/control-plane/support/schema/specs.ts";

/** What the services ask for, and what is not up to these settings. */
const REQUIRED = {
  DB_PASSWORD: "p",
  REDIS_PASSWORD: "r",
  AUTH_OIDC_ISSUER: "https://id.example.com",
};
const CREDENTIALS = { S3_ACCESS_KEY_ID: "id", S3_SECRET_ACCESS_KEY: "secret" };

/** Leaves of `spec.server` that the operator carries out by itself. */
const OF_THE_OPERATOR =
  /^spec\.server\.(replicas|autoscaling|exposure|resources|probes|cache\.(maxEntries|newEntryTTL|updatedEntryTTL))\b/;

const leaves = leavesOf(fieldsOf()).filter(
  ({ path }) => path.startsWith("spec.server.") && !OF_THE_OPERATOR.test(path),
);

const workerLeaves = leavesOf(fieldsOf()).filter(({ path }) => /^spec\.worker\.(concurrency|database)\b/.test(path));

function serverOf(spec: Spec): ServerSpec {
  return (stored(spec) as { readonly server: ServerSpec }).server;
}

function workerOf(spec: Spec): WorkerSpec {
  return (stored(spec) as { readonly worker: WorkerSpec }).worker;
}

type Variables = ReturnType<typeof serverVariables>;

function environmentOf(variables: Variables): Readonly<Record<string, string>> {
  const set = Object.entries(variables).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}

function serverConfig(spec: Spec): ReturnType<typeof loadServerConfig> {
  const server = serverOf(spec);
  const variables = { ...serverVariables(server), ...sharedVariables(server) };
  const config = loadServerConfig({ ...REQUIRED, ...environmentOf(variables) });
  s3Settings(config);
  return config;
}

function workerConfig(spec: Spec): ReturnType<typeof loadWorkerConfig> {
  const [server, worker] = [serverOf(spec), workerOf(spec)];
  const variables = { ...sharedVariables(server), ...workerVariables({ workerDatabase: worker.database }) };
  const environment = { ...environmentOf(variables), WORKER_CONCURRENCY: String(worker.concurrency) };
  return loadWorkerConfig({ ...REQUIRED, ...environment });
}

describe("what a spec says that says nothing", () => {
  test("is what the server does without being told", () => {
    expect(serverConfig(plainSpec("plain-"))).toEqual(loadServerConfig(REQUIRED));
  });

  test("is what the worker does without being told", () => {
    expect(workerConfig(plainSpec("plain-"))).toEqual(loadWorkerConfig(REQUIRED));
  });
});

test("a bucket with a Secret is a store with credentials", () => {
  const server = serverOf(fullSpec("full-"));
  const config = loadServerConfig({ ...REQUIRED, ...CREDENTIALS, ...environmentOf(serverVariables(server)) });
  expect(s3Settings(config)).toEqual({
    bucket: "images",
    region: "us-east-1",
    endpoint: "https://s3.example.com",
    forcePathStyle: false,
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
  });
});

/** The boundary values of a leaf that the schema allows; a rule about two leaves may refuse one of them alone. */
function allowedValues(leaf: Field): readonly unknown[] {
  return boundaryValues(leaf).filter((value) => defects(specWith(leaf, value)).length === 0);
}

function specWith(leaf: Field, value: unknown): Spec {
  const spec = leaf.optional || leaf.inOptional ? fullSpec("full-") : plainSpec("plain-");
  return mergePatch(stored(spec), patchOf(leaf, value)) as Spec;
}

describe("what the schema allows, the services take", () => {
  test("there are many such fields", () => expect([leaves.length > 30, workerLeaves.length]).toEqual([true, 2]));

  test.each(leaves)("$path", (leaf) => {
    for (const value of allowedValues(leaf)) {
      const spec = specWith(leaf, value);
      expect(() => serverConfig(spec), JSON.stringify(value)).not.toThrow();
    }
  });

  test.each(workerLeaves)("$path", (leaf) => {
    for (const value of allowedValues(leaf)) {
      expect(() => workerConfig(specWith(leaf, value)), JSON.stringify(value)).not.toThrow();
    }
  });

  test.each([
    ["cache.redisTimeout", "10ms", "2s"],
    ["tasks.retention", "1m", "99999h"],
    ["images.maxSize", "1Ki", "100Mi"],
    ["images.baseURL", "http://10.0.0.1:65535/a/b/", "https://CDN.example.com"],
    ["images.orphanRetention", "60s", "720h"],
    ["images.s3.bucket", "a.b", "0-9"],
    ["images.s3.region", "RegionOne", "eu-central-1"],
    ["images.s3.endpoint", "http://minio.storage.svc.cluster.local:9000", "https://s3.example.com/tenant"],
    ["images.s3.forcePathStyle", true, false],
    ["events.retention", "60s", "2592000s"],
    ["events.allowedOrigins", ["http://localhost:3000"], ["https://127.0.0.1:8443", "https://a-b.example"]],
    ["allowedOrigins", ["http://localhost:3000"], ["https://127.0.0.1:8443", "https://a-b.example"]],
    ["rateLimits.reads.period", "3600s", "60m"],
    ["rateLimits.redisTimeout", "5ms", "1s"],
    ["shedding.targetDelay", "10ms", "5000ms"],
    ["circuitBreakers.probeInterval", "50ms", "1000ms"],
  ])("%s from %j to %j", (path, ...values) => {
    const leaf = leaves.find((one) => one.path === `spec.server.${path}`);
    if (leaf === undefined) throw new Error(`there is no field ${path}`);
    for (const value of values) {
      const spec = specWith(leaf, value);
      expect(defects(spec)).toEqual([]);
      expect(() => serverConfig(spec)).not.toThrow();
    }
  });
});

describe("what the services would not take, the schema refuses", () => {
  test.each([
    ["database.poolSize", 0],
    ["database.poolSize", 101],
    ["images.baseURL", "https://user@cdn.example.com"],
    ["images.baseURL", "https://256.1.1.1"],
    ["images.baseURL", "https://cdn.example.com:70000"],
    ["images.baseURL", "https://cdn.example.com/#a"],
    ["images.s3.endpoint", "minio.example.com"],
    ["images.s3.bucket", "ab"],
    ["events.allowedOrigins", ["https://App.example.com"]],
    ["events.allowedOrigins", ["https://1.2.3"]],
    ["events.allowedOrigins", ["http://localhost:80"]],
    ["events.allowedOrigins", ["*"]],
    ["allowedOrigins", ["https://app.example.com/"]],
    ["shedding.minInFlight", 513],
    ["rateLimits.reads.period", "3601s"],
    ["rateLimits.reads.period", "61m"],
  ])("%s: %j", (path, value) => {
    const leaf = leaves.find((one) => one.path === `spec.server.${path}`);
    if (leaf === undefined) throw new Error(`there is no field ${path}`);
    const spec = specWith(leaf, value);
    expect(() => serverConfig(spec)).toThrow("The configuration is not valid");
    expect(defects(spec)).not.toEqual([]);
  });
});

describe("traces", () => {
  const namespaces = {
    "data-layer": "data-layer",
    "server-layer": "team-a-server-layer",
    "app-layer": "app-layer",
    "client-layer": "client-layer",
    "observability-layer": "observability-layer",
  };

  function tracesOf(spec: Spec, headers = {}): readonly (TraceSettings | undefined)[] {
    const { tracing } = (stored(spec) as unknown as ProfilePlatformSpec).observability;
    const environment = { ...REQUIRED, ...tracingSettings({ tracing, namespaces }), ...headers };
    return [
      traceSettings(loadServerConfig(environment), "server"),
      traceSettings(loadWorkerConfig(environment), "worker"),
    ];
  }

  const withTracing = (tracing: object): Spec => ({ observability: { tracing } });
  const endpoint = "http://otel-collector.observability-layer.svc.cluster.local:4318";
  const traceLeaves = leavesOf(fieldsOf()).filter(({ path }) => path.startsWith("spec.observability.tracing."));

  test("are not recorded unless a spec says where to", () => {
    expect(tracesOf(plainSpec("plain-"))).toEqual([undefined, undefined]);
  });

  test("are those that OpenTelemetry has by itself, where nothing but the collector is named", () => {
    const [bare] = [traceSettings(loadServerConfig({ ...REQUIRED, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }), "server")];
    expect(tracesOf(withTracing({ endpoint }))[0]).toEqual({
      ...bare,
      // All traces, and the client's word for those that it has begun: what parentbased_always_on is.
      sampler: "parentbased_traceidratio",
      ratio: 1,
      attributes: { "k8s.namespace.name": "team-a-server-layer" },
    });
  });

  test("are what a spec says", () => {
    const spec = withTracing({
      endpoint: "https://otlp.example.com/tenant/",
      headersSecret: "otlp-headers",
      sampling: { ratePerMillion: 1, parentBased: false },
      compression: "gzip",
      timeout: "2s",
      queueLength: 20,
      batchSize: 10,
      resourceAttributes: { "deployment.environment.name": "a=b, c%" },
    });
    expect(defects(spec)).toEqual([]);
    const headers = { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20token" };
    const told = {
      url: "https://otlp.example.com/tenant/v1/traces",
      headers: { authorization: "Bearer token" },
      compress: true,
      timeout: 2_000,
      attributes: { "k8s.namespace.name": "team-a-server-layer", "deployment.environment.name": "a=b, c%" },
      sampler: "traceidratio",
      ratio: 0.000_001,
      queue: 20,
      batch: 10,
      delay: 5_000,
    };
    expect(tracesOf(spec, headers)).toEqual([
      { ...told, serviceName: "server" },
      { ...told, serviceName: "worker" },
    ]);
  });

  test.each(traceLeaves)("$path: what the schema allows, the services take", (leaf) => {
    for (const value of allowedValues(leaf)) {
      expect(() => tracesOf(specWith(leaf, value)), JSON.stringify(value)).not.toThrow();
    }
  });

  test.each([
    ["an address with a token in it", { endpoint: "https://otlp.example.com/?token=x" }],
    ["an address that is none", { endpoint: "otel-collector:4318" }],
    ["a batch that the queue does not hold", { endpoint, queueLength: 100 }],
    ["a collector that may take forever", { endpoint, timeout: "61s" }],
  ])("what the services would not take, the schema refuses: %s", (_what, tracing) => {
    const spec = withTracing(tracing);
    expect(() => tracesOf(spec)).toThrow("The configuration is not valid");
    expect(defects(spec)).not.toEqual([]);
  });
});
