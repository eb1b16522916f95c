import { Redis } from "ioredis";
import { freePort, type Instance, startInstance, until } from "./instance.ts";
import { makeDirectory } from "./postgres.ts";

export const redisPassword = "only-for-tests";

export async function createRedis(parent: string, name: string, started: Instance[]): Promise<Instance> {
  const directory = makeDirectory(parent, name);
  const port = await freePort();
  const instance: Instance = {
    name: "Redis",
    directory,
    command: "redis-server",
    args: [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--requirepass",
      redisPassword,
      "--save",
      "",
      "--appendonly",
      "no",
    ],
    environment: {},
    port,
  };
  started.push(instance);
  await startRedis(instance);
  return instance;
}

export async function startRedis(instance: Instance): Promise<void> {
  startInstance(instance);
  await withRedis(instance, (redis) => until("Redis", async () => (await redis.ping()) === "PONG"));
}

/** Removes everything that is in it. */
export async function emptyRedis(instance: Instance): Promise<void> {
  await withRedis(instance, (redis) => redis.flushall());
}

async function withRedis(instance: Instance, use: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis({
    host: "127.0.0.1",
    port: instance.port,
    password: redisPassword,
    maxRetriesPerRequest: null,
  });
  redis.on("error", () => undefined);
  try {
    await use(redis);
  } finally {
    redis.disconnect();
  }
}
