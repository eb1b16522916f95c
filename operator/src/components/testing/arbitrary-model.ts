import type { Autoscaling, Probes, Resources, S3Storage, Storage, TracingSpec } from "@profile-platform/crds";
import * as fc from "fast-check";
import { LAYERS, type LayerName } from "../../names.ts";
import { CREDENTIAL_KEYS, completeCredential } from "../credentials.ts";
import { issueCertificates } from "../data-layer/postgresql-repository/certificates.ts";
import type { AuthModel, BackupModel, Credential, CredentialName, PlatformModel, ServiceSettings } from "../model.ts";
import { makeSigningKey } from "../server-layer/auth/signing-key.ts";
import { SAMPLE_KEY, SAMPLE_MODEL } from "./sample-model.ts";

const resources: fc.Arbitrary<Resources> = fc
  .record({ cpu: fc.integer({ min: 1, max: 8000 }), memory: fc.integer({ min: 16, max: 65_536 }) })
  .map(({ cpu, memory }) => ({
    requests: { cpu: `${Math.ceil(cpu / 2)}m`, memory: `${Math.ceil(memory / 2)}Mi` },
    limits: { cpu: `${cpu}m`, memory: `${memory}Mi` },
  }));

const timing = fc.record({
  initialDelaySeconds: fc.integer({ min: 0, max: 600 }),
  periodSeconds: fc.integer({ min: 1, max: 60 }),
  timeoutSeconds: fc.integer({ min: 1, max: 5 }),
  failureThreshold: fc.integer({ min: 1, max: 10 }),
});

const probes: fc.Arbitrary<Probes> = fc.record({ liveness: timing, readiness: timing });

const storage: fc.Arbitrary<Storage> = fc.record(
  { size: fc.integer({ min: 1, max: 500 }).map((size) => `${size}Gi`), storageClassName: fc.constant("fast") },
  { requiredKeys: ["size"] },
);

const autoscaling: fc.Arbitrary<Autoscaling> = fc
  .record({
    least: fc.integer({ min: 1, max: 100 }),
    more: fc.integer({ min: 0, max: 20 }),
    targetCPUUtilizationPercentage: fc.integer({ min: 1, max: 100 }),
  })
  .map(({ least, more, ...rest }) => ({ minReplicas: least, maxReplicas: least + more, ...rest }));

const workload = { resources, probes };

/** Made once: to make them takes longer than all else. */
const CERTIFICATES = issueCertificates(SAMPLE_MODEL, Date.parse("2026-01-01T00:00:00Z"));

/** Contents that no other part of a model can hold by chance. */
const credentials = fc.array(fc.nat({ max: 61 }), { minLength: 64, maxLength: 64 }).map((digits) => {
  let next = 0;
  const randomInt = (limit: number): number => ((digits[next++ % digits.length] ?? 0) + next) % limit;
  const names = Object.keys(CREDENTIAL_KEYS) as CredentialName[];
  const entries = names.map(
    (name) => [name, completeCredential(name, undefined, { randomInt, issue: () => CERTIFICATES })] as const,
  );
  return Object.fromEntries(entries) as Record<CredentialName, Credential>;
});

const backup: fc.Arbitrary<BackupModel> = fc.record({
  schedule: fc.constantFrom("0 3 * * *", "*/15 * * * 1-5"),
  retentionFull: fc.integer({ min: 1, max: 1000 }),
  volume: storage,
});

const KEYS = [SAMPLE_KEY, makeSigningKey(), makeSigningKey()];

const auth: fc.Arbitrary<AuthModel> = fc.oneof(
  fc.record({
    issuer: fc.constant("embedded" as const),
    keyInterval: fc.constantFrom("1h", "720h"),
    maxTokenLifetime: fc.constantFrom("1m", "24h"),
    signingKeys: fc.integer({ min: 1, max: KEYS.length }).map((count) => KEYS.slice(0, count)),
  }),
  fc.record({
    issuer: fc.constant("oidc" as const),
    issuerURL: fc.constantFrom(
      "https://id.example.com/realms/main",
      "https://id.example.com:8443",
      "http://keycloak.identity.svc.cluster.local:8080/realms/main",
    ),
    audience: fc.constant("profile-platform"),
    rolesClaim: fc.constantFrom("roles", "realm_access.roles"),
    caConfigMap: fc.constantFrom(undefined, "company-ca"),
  }),
);

const usual = SAMPLE_MODEL.settings;

const s3: fc.Arbitrary<S3Storage> = fc.record(
  {
    bucket: fc.constant("images"),
    region: fc.constant("us-east-1"),
    forcePathStyle: fc.boolean(),
    endpoint: fc.constantFrom("https://minio.example.com:9000", "http://minio.storage.svc.cluster.local:9000"),
    credentialsSecret: fc.constant("s3-credentials"),
  },
  { requiredKeys: ["bucket", "region", "forcePathStyle"] },
);

const settings: fc.Arbitrary<ServiceSettings> = fc.record(
  {
    database: fc.record({ poolSize: fc.integer({ min: 1, max: 100 }) }),
    workerDatabase: fc.record({ poolSize: fc.integer({ min: 1, max: 100 }) }),
    cache: fc.constantFrom(usual.cache, { ...usual.cache, redisTimeout: "1s" }),
    tasks: fc.constantFrom(usual.tasks, { retention: "24h" }),
    images: fc.oneof(
      fc.constant(usual.images),
      s3.map((bucket) => ({ ...usual.images, baseURL: "https://cdn.example.com", maxSize: "1Mi", s3: bucket })),
    ),
    events: fc.constantFrom(usual.events, { ...usual.events, allowedOrigins: ["https://app.example.com"] }),
    allowedOrigins: fc.constant(["https://app.example.com"]),
    rateLimits: fc.constantFrom(usual.rateLimits, { ...usual.rateLimits, reads: { requests: 1, period: "1h" } }),
    trustedProxyHops: fc.integer({ min: 0, max: 10 }),
    shedding: fc.constantFrom(usual.shedding, { ...usual.shedding, maxInFlight: 32 }),
    circuitBreakers: fc.constantFrom(usual.circuitBreakers, { failures: 1, probeInterval: "1s" }),
  },
  {
    requiredKeys: [
      "database",
      "workerDatabase",
      "cache",
      "tasks",
      "images",
      "events",
      "rateLimits",
      "trustedProxyHops",
      "shedding",
      "circuitBreakers",
    ],
  },
);

const tracing: fc.Arbitrary<TracingSpec> = fc.record(
  {
    endpoint: fc.constantFrom("https://otlp.example.com", "http://collector.telemetry.svc.cluster.local:4318"),
    headersSecret: fc.constant("otlp-headers"),
    sampling: fc.record({ ratePerMillion: fc.integer({ min: 0, max: 1_000_000 }), parentBased: fc.boolean() }),
    compression: fc.constantFrom("none", "gzip"),
    timeout: fc.constantFrom("100ms", "60s"),
    queueLength: fc.integer({ min: 8_192, max: 65_536 }),
    batchSize: fc.integer({ min: 1, max: 8_192 }),
    resourceAttributes: fc.constant({ "deployment.environment.name": "production" }),
  },
  { requiredKeys: ["endpoint", "sampling", "compression", "timeout", "queueLength", "batchSize"] },
);

/** Every platform that the schema allows, as builders see it. */
export const arbitraryModel: fc.Arbitrary<PlatformModel> = fc
  .record({
    prefix: fc.constantFrom("", "team-a-", "x"),
    name: fc.stringMatching(/^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$/),
    deletionPolicy: fc.constantFrom("Retain", "Delete"),
    credentials,
    postgresql: fc.record({
      ...workload,
      storage,
      instances: fc.constantFrom(1, 3, 5),
      synchronous: fc.constantFrom("quorum", "off"),
      parameters: fc.constantFrom({}, { work_mem: "8MB", log_statement: "all" }),
      backup: fc.option(backup, { nil: undefined }),
    }),
    redis: fc.record({ ...workload, storage, replicas: fc.constantFrom(1, 3) }),
    rabbitmq: fc.record({ ...workload, storage, replicas: fc.constantFrom(1, 3) }),
    server: fc.record({
      ...workload,
      replicas: fc.integer({ min: 1, max: 100 }),
      autoscaling: fc.option(autoscaling, { nil: undefined }),
      exposure: fc.constantFrom({ type: "None" }, { type: "NodePort", nodePort: 30080 }, { type: "LoadBalancer" }),
    }),
    worker: fc.record({
      ...workload,
      replicas: fc.integer({ min: 1, max: 100 }),
      concurrency: fc.integer({ min: 1, max: 1000 }),
    }),
    settings,
    auth,
    tracing: fc.option(tracing, { nil: undefined }),
  })
  .map(({ prefix, ...rest }) => ({
    ...SAMPLE_MODEL,
    ...rest,
    namespaces: Object.fromEntries(LAYERS.map((layer) => [layer, `${prefix}${layer}`])) as Record<LayerName, string>,
  })) as fc.Arbitrary<PlatformModel>;
