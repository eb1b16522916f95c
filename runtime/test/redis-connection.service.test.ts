import type { Redis } from "ioredis";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogger } from "../src/kit/log.ts";
import { connectRedis, readRunId } from "../src/kit/stores/redis.ts";
import { until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
import { redisPassword } from "./redis.ts";

const commandTimeout = 100;
let redis: Redis;

beforeEach(async () => {
  const settings = {
    address: { host: "127.0.0.1", port: ownServices().redis.port },
    password: redisPassword,
    database: 10,
    connectionName: "test",
    commandTimeout,
  };
  redis = connectRedis(settings, createLogger("test", "silent"));
  await until("an answer of Redis", () => readRunId(redis));
});
afterEach(() => redis.disconnect());

test("an answer that arrived while this process stood still counts", async () => {
  const answers = Promise.allSettled(Array.from({ length: 1_000 }, () => redis.ping()));
  // The commands are sent at the end of this turn.
  await new Promise(setImmediate);
  const busyUntil = performance.now() + 3 * commandTimeout;
  while (performance.now() < busyUntil);
  const failed = (await answers).filter(({ status }) => status === "rejected");
  expect(failed).toEqual([]);
});

test("a command that Redis does not answer in time is given up", async () => {
  const sentAt = performance.now();
  await expect(redis.blpop("nobody-pushes", 60)).rejects.toThrow("Command timed out");
  const took = performance.now() - sentAt;
  expect(took).toBeGreaterThanOrEqual(commandTimeout - 1);
});
