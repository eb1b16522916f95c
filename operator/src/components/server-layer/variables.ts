import type { V1EnvVar } from "@kubernetes/client-node";
import type { RateLimit } from "@profile-platform/crds";
import { parseQuantity } from "../kit/quantity.ts";
import type { PlatformModel, ServerSettings, ServiceSettings } from "../model.ts";

/** Variables of an environment, by name; undefined for one that is not to be set. */
type Variables = Readonly<Record<string, string | number | boolean | undefined>>;

/** What server and worker read of the settings, beside what they are always told. */
export function sharedVariables({ cache, circuitBreakers }: ServerSettings): Variables {
  return {
    CACHE_REDIS_TIMEOUT: cache.redisTimeout,
    BREAKER_FAILURES: circuitBreakers.failures,
    BREAKER_PROBE_INTERVAL: circuitBreakers.probeInterval,
  };
}

/** What the server alone reads. */
export function serverVariables(settings: ServerSettings): Variables {
  const { database, tasks, events, allowedOrigins, rateLimits, trustedProxyHops, shedding } = settings;
  return {
    DB_POOL_SIZE: database.poolSize,
    TASK_RETENTION: tasks.retention,
    ...imageVariables(settings.images),
    EVENT_RETENTION: events.retention,
    EVENT_CONNECTIONS: events.maxConnections,
    EVENT_ALLOWED_ORIGINS: events.allowedOrigins?.join(","),
    API_ALLOWED_ORIGINS: allowedOrigins?.join(","),
    RATE_LIMIT_READS: budget(rateLimits.reads),
    RATE_LIMIT_WRITES: budget(rateLimits.writes),
    RATE_LIMIT_ANONYMOUS: budget(rateLimits.anonymous),
    RATE_LIMIT_REFUSALS: budget(rateLimits.refusals),
    RATE_LIMIT_MEMORY_BUCKETS: rateLimits.memoryBuckets,
    RATE_LIMIT_REDIS_TIMEOUT: rateLimits.redisTimeout,
    TRUSTED_PROXY_HOPS: trustedProxyHops,
    SHEDDING_TARGET_DELAY: shedding.targetDelay,
    SHEDDING_MIN_IN_FLIGHT: shedding.minInFlight,
    SHEDDING_MAX_IN_FLIGHT: shedding.maxInFlight,
  };
}

/** What the worker alone reads. */
export function workerVariables({ workerDatabase }: Pick<ServiceSettings, "workerDatabase">): Variables {
  return { DB_POOL_SIZE: workerDatabase.poolSize };
}

function imageVariables({ s3, ...images }: ServerSettings["images"]): Variables {
  return {
    CDN_BASE_URL: images.baseURL,
    // An amount may be written with a fraction of a byte.
    IMAGE_MAX_BYTES: Math.floor(parseQuantity(images.maxSize)),
    IMAGE_MAX_PIXELS: images.maxPixels,
    IMAGE_MAX_PER_PROFILE: images.maxPerProfile,
    IMAGE_CONCURRENCY: images.concurrency,
    IMAGE_QUEUE_LENGTH: images.queueLength,
    IMAGE_ORPHAN_RETENTION: images.orphanRetention,
    S3_BUCKET: s3?.bucket,
    S3_REGION: s3?.region,
    S3_ENDPOINT: s3?.endpoint,
    S3_FORCE_PATH_STYLE: s3?.forcePathStyle,
  };
}

function budget({ requests, period }: RateLimit): string {
  return `${requests}/${period}`;
}

/**
 * The variables of settings that are not the usual ones. What is usual is left to the services: a variable that is new
 * to the operator would otherwise restart the pods of every platform.
 */
export function changedVariables(
  { settings, usualSettings }: Pick<PlatformModel, "settings" | "usualSettings">,
  variablesOf: (settings: ServiceSettings) => Variables,
): Record<string, string> {
  const usual = variablesOf(usualSettings);
  return Object.fromEntries(
    Object.entries(variablesOf(settings)).flatMap(([name, value]) =>
      value === undefined || value === usual[name] ? [] : [[name, String(value)]],
    ),
  );
}

/** Credentials for the bucket of images, out of a Secret of the user's; none where the server finds others by itself. */
export function imageStoreCredentials({ images }: ServerSettings): V1EnvVar[] {
  const name = images.s3?.credentialsSecret;
  if (name === undefined) return [];
  const from = (key: string) => ({ secretKeyRef: { name, key } });
  return [
    { name: "S3_ACCESS_KEY_ID", valueFrom: from("AWS_ACCESS_KEY_ID") },
    { name: "S3_SECRET_ACCESS_KEY", valueFrom: from("AWS_SECRET_ACCESS_KEY") },
  ];
}
