import { readFileSync } from "node:fs";
import { Redis } from "ioredis";

const [host, port] = process.env.REDIS_ADDRESS.split(":");
const redis = new Redis({ host, port: Number(port), password: process.env.REDIS_PASSWORD });
redis.defineCommand("remember", { numberOfKeys: 2, lua: readFileSync(process.env.CACHE_SCRIPT, "utf8") });

const prefix = "profile:";
const order = "profiles";
const day = 24 * 60 * 60;
const hour = 60 * 60;

export async function get(id) {
  const text = await redis.get(prefix + id);
  return text === null ? undefined : JSON.parse(text);
}

export async function put(profile) {
  const { id } = profile;
  await redis.remember(prefix + id, order, id, JSON.stringify(profile), day, process.env.CACHE_MAX_ENTRIES, prefix);
}

/** Replaces an entry that is there. */
export async function refresh(profile) {
  await redis.set(prefix + profile.id, JSON.stringify(profile), "EX", hour, "XX");
}

export async function remove(id) {
  await redis
    .multi()
    .del(prefix + id)
    .lrem(order, 0, id)
    .exec();
}
