import type { Probes, Resources } from "@profile-platform/crds";
import { DEFAULT_IMAGES } from "../../images.ts";
import type { PlatformModel } from "../model.ts";
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
const CACHE = { maxEntries: 10, newEntryTTL: "24h", updatedEntryTTL: "1h" };

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
  postgresql: { ...WORKLOAD, storage: { size: "10Gi" }, instances: 1, synchronous: "quorum", parameters: {} },
  redis: { ...WORKLOAD, storage: { size: "1Gi" } },
  rabbitmq: { ...WORKLOAD, storage: { size: "1Gi" } },
  server: { ...WORKLOAD, replicas: 3, autoscaling: undefined, exposure: { type: "None" }, cache: CACHE },
  worker: { ...WORKLOAD, replicas: 1, concurrency: 10, cache: CACHE },
  auth: { issuer: "embedded", keyInterval: "720h", maxTokenLifetime: "24h", signingKeys: [SAMPLE_KEY] },
};
