import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { redisConnections, redisVariables } from "./clients.ts";

const THREE = { ...SAMPLE_MODEL, redis: { ...SAMPLE_MODEL.redis, replicas: 3 } };

test("one Redis is found by its address", () => {
  expect(redisVariables(SAMPLE_MODEL)).toStrictEqual({
    REDIS_ADDRESS: "redis.data-layer.svc.cluster.local:6379",
  });
  expect(redisConnections(SAMPLE_MODEL)).toStrictEqual([{ to: "redis", port: "redis" }]);
});

test("of three, the Sentinels say which is the master", () => {
  expect(redisVariables(THREE)).toStrictEqual({
    REDIS_SENTINELS: [
      "redis-0.data-layer.svc.cluster.local:26379",
      "redis-1.data-layer.svc.cluster.local:26379",
      "redis-2.data-layer.svc.cluster.local:26379",
    ].join(","),
    REDIS_SENTINEL_NAME: "redis",
  });
  expect(redisConnections(THREE)).toStrictEqual([
    { to: "redis", port: "redis" },
    { to: "redis", port: "sentinel" },
  ]);
});
