import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { configData, configMap } from "./config-map.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "server-layer",
  "app.kubernetes.io/name": "server",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "server",
};

test("the settings of the server", () => {
  expect(configMap(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "server", namespace: "server-layer", labels: LABELS },
    data: {
      SERVER_PORT: "8080",
      METRICS_PORT: "9090",
      DB_HOST: "postgresql.data-layer.svc.cluster.local",
      DB_PORT: "5432",
      LOG_LEVEL: "info",
      REDIS_ADDRESS: "redis.data-layer.svc.cluster.local:6379",
      REDIS_DB: "0",
      CACHE_MAX_ENTRIES: "10",
      CACHE_NEW_ENTRY_TTL: "24h",
      CACHE_UPDATED_ENTRY_TTL: "1h",
      SHUTDOWN_GRACE_PERIOD: "20s",
      AUTH_JWKS_FILE: "/etc/profile-platform/auth/jwks.json",
      AUTH_ISSUER: "https://server.server-layer.svc.cluster.local",
      AUTH_AUDIENCE: "profile-platform",
    },
  });
});

test.each([3, 5])("with %i instances of PostgreSQL, listings are read from replicas", (instances) => {
  const namespaces = { ...SAMPLE_MODEL.namespaces, "data-layer": "team-a-data-layer" };
  const single = { ...SAMPLE_MODEL, namespaces };
  expect(configData({ ...single, postgresql: { ...single.postgresql, instances } })).toStrictEqual({
    ...configData(single),
    DB_READ_HOST: "postgresql-ro.team-a-data-layer.svc.cluster.local",
    DB_READ_PORT: "5432",
  });
});
