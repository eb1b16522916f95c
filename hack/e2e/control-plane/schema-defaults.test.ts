import type { ProfilePlatform, ProfilePlatformSpec } from "@profile-platform/crds";
import { profilePlatformDefinition } from "@profile-platform/crds/crd";
import { applyDefaults } from "@profile-platform/operator/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "./support/api-server.ts";
import { readSamples, SAMPLES } from "./support/samples.ts";

const accepted = await readSamples(SAMPLES);
const schema = profilePlatformDefinition.spec.versions[0]!.schema.openAPIV3Schema;

const liveness = { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };
const readiness = { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 };
const probes = { liveness, readiness };
const resources = { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } };

/** What `spec: {}` stands for. */
const DEFAULTS: ProfilePlatformSpec = {
  namespacePrefix: "",
  deletionPolicy: "Retain",
  server: {
    replicas: 3,
    exposure: { type: "None" },
    database: { poolSize: 8 },
    cache: { maxEntries: 10, newEntryTTL: "24h", updatedEntryTTL: "1h", redisTimeout: "250ms" },
    tasks: { retention: "720h" },
    images: {
      maxSize: "10Mi",
      maxPixels: 25_000_000,
      maxPerProfile: 10,
      concurrency: 1,
      queueLength: 16,
      orphanRetention: "10m",
    },
    events: { retention: "1h", maxConnections: 1000 },
    rateLimits: {
      reads: { requests: 5000, period: "10s" },
      writes: { requests: 3000, period: "10s" },
      anonymous: { requests: 5000, period: "10s" },
      refusals: { requests: 100, period: "10s" },
      memoryBuckets: 20_000,
      redisTimeout: "100ms",
    },
    trustedProxyHops: 0,
    shedding: { targetDelay: "100ms", minInFlight: 32, maxInFlight: 512 },
    circuitBreakers: { failures: 5, probeInterval: "500ms" },
    resources,
    probes,
  },
  worker: { replicas: 1, concurrency: 10, database: { poolSize: 10 }, resources, probes },
  postgresql: { instances: 1, storage: { size: "10Gi" }, synchronous: "quorum", resources, probes },
  redis: { replicas: 1, storage: { size: "1Gi" }, resources, probes },
  rabbitmq: { replicas: 1, storage: { size: "1Gi" }, resources, probes },
  auth: { embedded: { keyRotation: { interval: "720h" }, maxTokenLifetime: "24h" } },
  observability: {},
};

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await server.installDefinition();
});

afterAll(async () => {
  await server?.stop();
});

async function store(manifest: unknown): Promise<ProfilePlatformSpec | undefined> {
  await server.kubectl.run(["create", "-f", "-"], JSON.stringify(manifest));
  const [stored] = await server.platforms();
  await server.kubectl.run(["delete", "profileplatforms", "--all"]);
  return stored?.spec;
}

function platform(spec?: unknown): unknown {
  const { apiVersion, kind } = accepted[0]!.manifest;
  return { apiVersion, kind, metadata: { name: "defaults" }, ...(spec !== undefined && { spec }) };
}

test("an empty spec is a whole platform", async () => {
  expect(await store(platform({}))).toEqual(DEFAULTS);
});

test("a manifest without any spec is one, too", async () => {
  expect(await store(platform())).toEqual(DEFAULTS);
});

test("the demo differs from the defaults in what it says", async () => {
  const demo = accepted.find(({ name }) => name === "demo")!;
  expect(await store(demo.manifest)).toEqual({
    ...DEFAULTS,
    server: {
      ...DEFAULTS.server,
      exposure: { type: "NodePort" },
      autoscaling: { minReplicas: 3, maxReplicas: 10, targetCPUUtilizationPercentage: 70 },
    },
  });
});

describe("defaults that are filled in offline are those of the API server", () => {
  test.each(accepted)("in $name", async ({ manifest }) => {
    const offline = applyDefaults(schema, manifest) as ProfilePlatform;
    expect(await store(manifest)).toEqual(offline.spec);
  });

  // Null is how a template engine writes "nothing": it must mean the same everywhere.
  test.each([
    ["null for a value with a default", { deletionPolicy: null, server: { replicas: null } }],
    ["null for an object with a default", { server: null, redis: { storage: null, probes: { liveness: null } } }],
    ["null for an optional object", { server: { autoscaling: null } }],
    ["null for an entry of a map", { postgresql: { parameters: { work_mem: null, jit: "off" } } }],
    ["null for a whole map", { postgresql: { parameters: null } }],
    ["an empty optional object", { server: { autoscaling: {} } }],
    ["an optional object in one with a default", { server: { images: { s3: { bucket: "images" } } } }],
    ["an optional object in an empty one", { observability: { tracing: { endpoint: "http://otel:4318" } } }],
    ["one of several objects with defaults of their own", { server: { rateLimits: { writes: { requests: 1 } } } }],
    ["part of an object", { worker: { probes: { readiness: { timeoutSeconds: 1 } } } }],
  ])("for %s", async (_what, spec) => {
    const offline = applyDefaults(schema, platform(spec)) as ProfilePlatform;
    expect(await store(platform(spec))).toEqual(offline.spec);
  });
});
