import { TOKEN_AUDIENCE } from "@profile-platform/operator/names";
import { migrateVariables } from "@profile-platform/runtime/migrate/config";
import { serverVariables } from "@profile-platform/runtime/server/config";
import { workerVariables } from "@profile-platform/runtime/worker/config";
import { DATABASE } from "./data/postgresql-setup.ts";
import { queueUri } from "./data/rabbitmq-configuration.ts";
import { DEV_ISSUER } from "./issuer.ts";
import type { Passwords } from "./passwords.ts";
import type { Ports } from "./ports.ts";

/** The variables that each service reads, as it says itself. */
export const SERVICE_VARIABLES = {
  server: Object.keys(serverVariables),
  worker: Object.keys(workerVariables),
  migrate: Object.keys(migrateVariables),
} as const;
export type ServiceName = keyof typeof SERVICE_VARIABLES;

export type Environment = Readonly<Record<string, string>>;

export interface ServiceSettings {
  readonly ports: Ports;
  readonly passwords: Passwords;
  /** Path of the issuer's JSON Web Key Set. */
  readonly keySetFile: string;
  /** Variables of whoever starts the services: those that they know are handed on, such as `CACHE_MAX_ENTRIES`. */
  readonly caller: Readonly<Record<string, string | undefined>>;
}

/** The environment of a service beside the data services of a run. */
export function serviceEnvironment(name: ServiceName, settings: ServiceSettings): Environment {
  const { ports, passwords, keySetFile, caller } = settings;
  const own: Environment = {
    DB_HOST: "127.0.0.1",
    DB_PORT: String(ports.postgresql),
    DB_USER: DATABASE,
    DB_PASSWORD: passwords.postgresql,
    DB_NAME: DATABASE,
    REDIS_ADDRESS: `127.0.0.1:${ports.redis}`,
    REDIS_PASSWORD: passwords.redis,
    REDIS_DB: "0",
    QUEUE_URI: queueUri(`127.0.0.1:${ports.rabbitmq}`, passwords.rabbitmq),
    LISTEN_HOST: "127.0.0.1",
    SERVER_PORT: String(ports.server),
    WORKER_PORT: String(ports.worker),
    METRICS_PORT: String(name === "worker" ? ports.workerMetrics : ports.serverMetrics),
    AUTH_JWKS_FILE: keySetFile,
    AUTH_ISSUER: DEV_ISSUER,
    AUTH_AUDIENCE: TOKEN_AUDIENCE,
    AUTH_ROLES_CLAIM: "roles",
    AUTH_OIDC_ISSUER: "",
  };
  // Nobody waits for a proxy here: what is restarted is to be back soon.
  const usual: Environment = { SHUTDOWN_GRACE_PERIOD: "1s" };
  const all: Readonly<Record<string, string | undefined>> = { ...usual, ...caller, ...own };
  const known = SERVICE_VARIABLES[name].flatMap((variable) => {
    const value = all[variable];
    return value === undefined || value === "" ? [] : [[variable, value] as const];
  });
  return Object.fromEntries(known);
}
