import { loadServerConfig } from "@profile-platform/runtime/server/config";
import { expect, test } from "vitest";
import { type ServiceSettings, serviceEnvironment } from "./settings.ts";

const SETTINGS: ServiceSettings = {
  ports: {
    server: 1,
    worker: 2,
    postgresql: 3,
    redis: 4,
    rabbitmq: 5,
    management: 6,
    serverMetrics: 7,
    workerMetrics: 8,
  },
  passwords: { postgresql: "one", redis: "two", rabbitmq: "three" },
  keySetFile: "/state/secrets/jwks.json",
  caller: {},
};

test("a service is told of the data services, in variables that it knows", () => {
  expect(serviceEnvironment("worker", SETTINGS)).toEqual({
    DB_HOST: "127.0.0.1",
    DB_PORT: "3",
    DB_USER: "profiles",
    DB_PASSWORD: "one",
    DB_NAME: "profiles",
    REDIS_ADDRESS: "127.0.0.1:4",
    REDIS_PASSWORD: "two",
    REDIS_DB: "0",
    QUEUE_URI: "amqp://profiles:three@127.0.0.1:5/",
    LISTEN_HOST: "127.0.0.1",
    WORKER_PORT: "2",
    METRICS_PORT: "8",
    SHUTDOWN_GRACE_PERIOD: "1s",
  });
});

test("the server takes its environment for a valid one", () => {
  const config = loadServerConfig(serviceEnvironment("server", SETTINGS));
  expect(config).toMatchObject({
    AUTH_JWKS_FILE: "/state/secrets/jwks.json",
    SERVER_PORT: 1,
    METRICS_PORT: 7,
    LISTEN_HOST: "127.0.0.1",
  });
});

test("variables of the caller are handed on where a service knows them, and where they do not lead elsewhere", () => {
  const caller = {
    CACHE_MAX_ENTRIES: "3",
    SHUTDOWN_GRACE_PERIOD: "9s",
    LOG_LEVEL: "",
    HOME: "/home/ada",
    DB_HOST: "production.example.org",
    AUTH_OIDC_ISSUER: "https://id.example.org",
  };
  const environment = serviceEnvironment("server", { ...SETTINGS, caller });
  expect(environment).toMatchObject({ CACHE_MAX_ENTRIES: "3", SHUTDOWN_GRACE_PERIOD: "9s", DB_HOST: "127.0.0.1" });
  expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["HOME"]));
  expect(environment).not.toHaveProperty("AUTH_OIDC_ISSUER");
  expect(environment).not.toHaveProperty("LOG_LEVEL");
});
