import type { V1EnvVar } from "@kubernetes/client-node";
import { serviceHost } from "../../names.ts";
import { PORTS as POSTGRESQL_PORTS, READ_ONLY_SERVICE } from "../data-layer/postgresql/place.ts";
import { PORTS as RABBITMQ_PORTS } from "../data-layer/rabbitmq/place.ts";
import { redisVariables } from "../data-layer/redis/clients.ts";
import { secretEnv } from "../kit/env.ts";
import type { PlatformModel } from "../model.ts";
import { tracingCredentials, tracingSettings } from "./tracing.ts";
import { changedVariables, sharedVariables } from "./variables.ts";

/** The environment variables that server, worker and migrations have in common; docs/architecture.md lists them all. */

/** Seconds in which a service finishes what is in flight after it was told to stop. */
export const SHUTDOWN_GRACE_SECONDS = 20;

export function databaseSettings(model: PlatformModel): Record<string, string> {
  return {
    DB_HOST: serviceHost("postgresql", model.namespaces["data-layer"]),
    DB_PORT: String(POSTGRESQL_PORTS.postgresql),
    LOG_LEVEL: "info",
  };
}

/**
 * Where the server reads listings; nothing where the primary is the only instance. What it reads there is as new as the
 * primary, which it reads itself while no replica is fit.
 */
export function replicaSettings({ postgresql, namespaces }: PlatformModel): Record<string, string> {
  if (postgresql.instances === 1) return {};
  return {
    DB_READ_HOST: serviceHost(READ_ONLY_SERVICE, namespaces["data-layer"]),
    DB_READ_PORT: String(POSTGRESQL_PORTS.postgresql),
  };
}

export function databaseCredentials(): V1EnvVar[] {
  return [
    secretEnv("DB_USER", "postgresql", "username"),
    secretEnv("DB_PASSWORD", "postgresql", "password"),
    secretEnv("DB_NAME", "postgresql", "database"),
  ];
}

export function serviceSettings(model: PlatformModel): Record<string, string> {
  const { cache } = model.settings;
  return {
    ...databaseSettings(model),
    ...redisVariables(model),
    REDIS_DB: "0",
    CACHE_MAX_ENTRIES: String(cache.maxEntries),
    CACHE_NEW_ENTRY_TTL: cache.newEntryTTL,
    CACHE_UPDATED_ENTRY_TTL: cache.updatedEntryTTL,
    SHUTDOWN_GRACE_PERIOD: `${SHUTDOWN_GRACE_SECONDS}s`,
    ...changedVariables(model, sharedVariables),
    ...tracingSettings(model),
  };
}

export function serviceCredentials(model: PlatformModel): V1EnvVar[] {
  const queue = `${serviceHost("rabbitmq", model.namespaces["data-layer"])}:${RABBITMQ_PORTS.amqp}`;
  return [
    ...databaseCredentials(),
    secretEnv("REDIS_PASSWORD", "redis", "password"),
    secretEnv("RABBITMQ_USERNAME", "rabbitmq", "username"),
    secretEnv("RABBITMQ_PASSWORD", "rabbitmq", "password"),
    // The kubelet puts the two variables above in.
    { name: "QUEUE_URI", value: `amqp://$(RABBITMQ_USERNAME):$(RABBITMQ_PASSWORD)@${queue}/` },
    ...tracingCredentials(model),
  ];
}

/** Changes with any credential that server and worker read, without any trace of one. */
export function serviceContentIds({ credentials }: PlatformModel): string {
  return [credentials.postgresql, credentials.redis, credentials.rabbitmq].map(({ contentId }) => contentId).join(".");
}
