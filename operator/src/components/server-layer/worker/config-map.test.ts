import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { configMap } from "./config-map.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "server-layer",
  "app.kubernetes.io/name": "worker",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "worker",
};

test("the settings of the worker", () => {
  expect(configMap(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "worker", namespace: "server-layer", labels: LABELS },
    data: {
      WORKER_PORT: "8081",
      METRICS_PORT: "9091",
      WORKER_CONCURRENCY: "10",
      DB_HOST: "postgresql.data-layer.svc.cluster.local",
      DB_PORT: "5432",
      LOG_LEVEL: "info",
      REDIS_ADDRESS: "redis.data-layer.svc.cluster.local:6379",
      REDIS_DB: "0",
      CACHE_MAX_ENTRIES: "10",
      CACHE_NEW_ENTRY_TTL: "24h",
      CACHE_UPDATED_ENTRY_TTL: "1h",
      SHUTDOWN_GRACE_PERIOD: "20s",
    },
  });
});
