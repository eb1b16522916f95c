import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { redis } from "./index.ts";

const THREE = { ...SAMPLE_MODEL, redis: { ...SAMPLE_MODEL.redis, replicas: 3 } };

const namesOf = (model: typeof SAMPLE_MODEL) =>
  redis.resources(model).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

test("one Redis has neither Sentinels nor a disruption budget", () => {
  expect(namesOf(SAMPLE_MODEL)).toStrictEqual([
    "Secret redis-credentials",
    "ServiceAccount redis",
    "ConfigMap redis",
    "Service redis",
    "Service redis-members",
    "StatefulSet redis",
  ]);
  expect(redis.endpoint(SAMPLE_MODEL)).toBe("redis://redis.data-layer.svc.cluster.local:6379");
  expect(redis.footprint(SAMPLE_MODEL)).toStrictEqual([
    { pods: 1, cpuRequest: "200m", cpuLimit: "500m", memoryRequest: "256Mi", memoryLimit: "512Mi", storage: "1Gi" },
  ]);
});

test("of three, one at a time may leave, and each has its Sentinel beside it", () => {
  expect(namesOf(THREE)).toStrictEqual([
    "Secret redis-credentials",
    "ServiceAccount redis",
    "ConfigMap redis",
    "Service redis",
    "Service redis-members",
    "Service redis-0",
    "Service redis-1",
    "Service redis-2",
    "StatefulSet redis",
    "PodDisruptionBudget redis",
  ]);
  expect(redis.endpoint(THREE)).toBe("redis+sentinel://redis.data-layer.svc.cluster.local:26379/redis");
  expect(redis.footprint(THREE)).toStrictEqual([
    { pods: 3, cpuRequest: "250m", cpuLimit: "700m", memoryRequest: "288Mi", memoryLimit: "576Mi", storage: "1Gi" },
  ]);
});
