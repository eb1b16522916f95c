import type { Probes, Resources } from "@profile-platform/crds";
import { DEFAULT_IMAGES } from "../../images.ts";
import { issueCertificates } from "../data-layer/postgresql-repository/certificates.ts";
import type { PlatformModel, ServiceSettings } from "../model.ts";
import { makeSigningKey } from "../server-layer/auth/signing-key.ts";

export const SAMPLE_RESOURCES: Resources = {
  requests: { cpu: "200m", memory: "256Mi" },
  limits: { cpu: "500m", memory: "512Mi" },
};

export const SAMPLE_PROBES: Probes = {
  liveness: { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
  readiness: { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
};

const WORKLOAD = { resources: SAMPLE_RESOURCES, probes: SAMPLE_PROBES };

const SETTINGS: ServiceSettings = {
  database: { poolSize: 8 },
  workerDatabase: { poolSize: 10 },
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
};

/** Another one each time: a key in a file looks like one that was lost. */
export const SAMPLE_KEY = makeSigningKey();

/** The model of `spec: {}` for a platform named demo, with credentials that a test can recognise. */
export const SAMPLE_MODEL: PlatformModel = {
  name: "demo",
  owner: undefined,
  deletionPolicy: "Retain",
  operator: { namespace: "profile-platform-system", serviceAccount: "profile-platform-operator" },
  namespaces: {
    "data-layer": "data-layer",
    "server-layer": "server-layer",
    "app-layer": "app-layer",
    "client-layer": "client-layer",
    "observability-layer": "observability-layer",
  },
  images: DEFAULT_IMAGES,
  credentials: {
    postgresql: {
      contentId: "idPostgreSQL",
      values: {
        username: "profiles",
        database: "profiles",
        password: "samplePasswordPostgreSQL",
        "replication-password": "samplePasswordReplication",
        "rewind-password": "samplePasswordRewind",
        "patroni-password": "samplePasswordPatroni",
      },
    },
    redis: { contentId: "idRedis", values: { password: "samplePasswordRedis" } },
    rabbitmq: {
      contentId: "idRabbitMQ",
      values: { username: "profiles", password: "samplePasswordRabbitMQ", "erlang-cookie": "sampleErlangCookie" },
    },
  },
  postgresql: {
    ...WORKLOAD,
    storage: { size: "10Gi" },
    instances: 1,
    synchronous: "quorum",
    parameters: {},
    backup: undefined,
  },
  redis: { ...WORKLOAD, storage: { size: "1Gi" }, replicas: 1 },
  rabbitmq: { ...WORKLOAD, storage: { size: "1Gi" }, replicas: 1 },
  server: { ...WORKLOAD, replicas: 3, autoscaling: undefined, exposure: { type: "None" } },
  worker: { ...WORKLOAD, replicas: 1, concurrency: 10 },
  settings: SETTINGS,
  usualSettings: SETTINGS,
  auth: { issuer: "embedded", keyInterval: "720h", maxTokenLifetime: "24h", signingKeys: [SAMPLE_KEY] },
  tracing: undefined,
};

/** The same with backups. */
export const SAMPLE_BACKUP_MODEL: PlatformModel = {
  ...SAMPLE_MODEL,
  credentials: {
    ...SAMPLE_MODEL.credentials,
    "postgresql-repository": { contentId: "idRepository", values: { passphrase: "samplePassphrase" } },
    "postgresql-repository-tls": {
      contentId: "idCertificates",
      values: issueCertificates(SAMPLE_MODEL, Date.parse("2026-01-01T00:00:00Z")),
    },
  },
  postgresql: {
    ...SAMPLE_MODEL.postgresql,
    backup: { schedule: "0 3 * * *", retentionFull: 7, volume: { size: "20Gi" } },
  },
};
