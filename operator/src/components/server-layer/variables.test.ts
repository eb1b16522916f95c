import { describe, expect, test } from "vitest";
import type { PlatformModel, ServiceSettings } from "../model.ts";
import { SAMPLE_MODEL } from "../testing/sample-model.ts";
import { configData as serverData } from "./server/config-map.ts";
import { deployment } from "./server/deployment.ts";
import {
  changedVariables,
  imageStoreCredentials,
  serverVariables,
  sharedVariables,
  workerVariables,
} from "./variables.ts";
import { configData as workerData } from "./worker/config-map.ts";

const usual = SAMPLE_MODEL.settings;

function withSettings(changed: Partial<ServiceSettings>): PlatformModel {
  return { ...SAMPLE_MODEL, settings: { ...usual, ...changed } };
}

/** Every setting at another value than the usual one, and everything there that may be absent. */
const OTHER: ServiceSettings = {
  database: { poolSize: 4 },
  workerDatabase: { poolSize: 5 },
  cache: { ...usual.cache, redisTimeout: "1s" },
  tasks: { retention: "24h" },
  images: {
    baseURL: "https://cdn.example.com",
    maxSize: "1536Ki",
    maxPixels: 1_000_000,
    maxPerProfile: 3,
    concurrency: 2,
    queueLength: 0,
    orphanRetention: "1h",
    s3: {
      bucket: "images",
      region: "eu-central-1",
      endpoint: "https://minio.example.com:9000",
      forcePathStyle: true,
      credentialsSecret: "s3-credentials",
    },
  },
  events: {
    retention: "24h",
    maxConnections: 10,
    allowedOrigins: ["https://app.example.com", "http://localhost:3000"],
  },
  allowedOrigins: ["https://app.example.com", "https://admin.example.com:8443"],
  rateLimits: {
    reads: { requests: 1, period: "10s" },
    writes: { requests: 3000, period: "1h" },
    anonymous: { requests: 2, period: "1m" },
    refusals: { requests: 3, period: "5s" },
    memoryBuckets: 100,
    redisTimeout: "5ms",
  },
  trustedProxyHops: 2,
  shedding: { targetDelay: "1s", minInFlight: 1, maxInFlight: 2 },
  circuitBreakers: { failures: 3, probeInterval: "1s" },
};

const SHARED = { CACHE_REDIS_TIMEOUT: "1s", BREAKER_FAILURES: "3", BREAKER_PROBE_INTERVAL: "1s" };

const OF_SERVER = {
  DB_POOL_SIZE: "4",
  TASK_RETENTION: "24h",
  CDN_BASE_URL: "https://cdn.example.com",
  IMAGE_MAX_BYTES: "1572864",
  IMAGE_MAX_PIXELS: "1000000",
  IMAGE_MAX_PER_PROFILE: "3",
  IMAGE_CONCURRENCY: "2",
  IMAGE_QUEUE_LENGTH: "0",
  IMAGE_ORPHAN_RETENTION: "1h",
  S3_BUCKET: "images",
  S3_REGION: "eu-central-1",
  S3_ENDPOINT: "https://minio.example.com:9000",
  S3_FORCE_PATH_STYLE: "true",
  EVENT_RETENTION: "24h",
  EVENT_CONNECTIONS: "10",
  EVENT_ALLOWED_ORIGINS: "https://app.example.com,http://localhost:3000",
  API_ALLOWED_ORIGINS: "https://app.example.com,https://admin.example.com:8443",
  RATE_LIMIT_READS: "1/10s",
  RATE_LIMIT_WRITES: "3000/1h",
  RATE_LIMIT_ANONYMOUS: "2/1m",
  RATE_LIMIT_REFUSALS: "3/5s",
  RATE_LIMIT_MEMORY_BUCKETS: "100",
  RATE_LIMIT_REDIS_TIMEOUT: "5ms",
  TRUSTED_PROXY_HOPS: "2",
  SHEDDING_TARGET_DELAY: "1s",
  SHEDDING_MIN_IN_FLIGHT: "1",
  SHEDDING_MAX_IN_FLIGHT: "2",
};

const OF_WORKER = { DB_POOL_SIZE: "5" };

describe("variables of settings", () => {
  test("are all told where all are changed, to those who read them", () => {
    expect(serverData(withSettings(OTHER))).toStrictEqual({ ...serverData(SAMPLE_MODEL), ...SHARED, ...OF_SERVER });
    expect(workerData(withSettings(OTHER))).toStrictEqual({ ...workerData(SAMPLE_MODEL), ...SHARED, ...OF_WORKER });
  });

  test("are left out where they are the usual ones, so that no pod restarts for a variable that is new", () => {
    expect(changedVariables(SAMPLE_MODEL, serverVariables)).toStrictEqual({});
    expect(changedVariables(SAMPLE_MODEL, sharedVariables)).toStrictEqual({});
    expect(changedVariables(SAMPLE_MODEL, workerVariables)).toStrictEqual({});
  });

  test("are the usual ones in whatever way they are written", () => {
    const same = withSettings({ images: { ...usual.images, maxSize: "10240Ki" } });
    expect(changedVariables(same, serverVariables)).toStrictEqual({});
  });

  test("a part of a limit brings the other part along", () => {
    const reads = { requests: 5000, period: "1m" };
    const model = withSettings({ rateLimits: { ...usual.rateLimits, reads } });
    expect(changedVariables(model, serverVariables)).toStrictEqual({ RATE_LIMIT_READS: "5000/1m" });
  });

  test("a size with a fraction of a byte is a whole number of bytes", () => {
    const model = withSettings({ images: { ...usual.images, maxSize: "2048500m" } });
    expect(changedVariables(model, serverVariables)).toStrictEqual({ IMAGE_MAX_BYTES: "2048" });
  });
});

describe("credentials of the bucket for images", () => {
  const environmentOf = (model: PlatformModel): unknown => {
    const { spec } = deployment(model) as { spec?: { template: { spec: { containers: { env: unknown[] }[] } } } };
    return spec?.template.spec.containers[0]?.env;
  };

  test("come from the Secret that is named, by the names that others give them", () => {
    const credentials = [
      {
        name: "S3_ACCESS_KEY_ID",
        valueFrom: { secretKeyRef: { name: "s3-credentials", key: "AWS_ACCESS_KEY_ID" } },
      },
      {
        name: "S3_SECRET_ACCESS_KEY",
        valueFrom: { secretKeyRef: { name: "s3-credentials", key: "AWS_SECRET_ACCESS_KEY" } },
      },
    ];
    expect(imageStoreCredentials(OTHER)).toStrictEqual(credentials);
    const before = environmentOf(SAMPLE_MODEL) as unknown[];
    expect(environmentOf(withSettings(OTHER))).toStrictEqual([...before, ...credentials]);
  });

  test("are left to the server where no Secret is named", () => {
    const s3 = { bucket: "images", region: "us-east-1", forcePathStyle: false };
    expect(imageStoreCredentials({ ...usual, images: { ...usual.images, s3 } })).toStrictEqual([]);
    expect(imageStoreCredentials(usual)).toStrictEqual([]);
  });
});
