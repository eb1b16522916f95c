import * as fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RedisStore } from "../src/cache/redis.ts";
import { OutdatedEpochError } from "../src/cache/store.ts";
import { commands, compareWithModel, modelLimits, profile } from "./cache-model.ts";
import { ownServices } from "./own-services.ts";
import { redisPassword } from "./redis.ts";

let redis: Redis;
let store: RedisStore;

beforeAll(() => {
  redis = new Redis({ host: "127.0.0.1", port: ownServices().redis.port, password: redisPassword, db: 9 });
  store = new RedisStore(redis, modelLimits);
});
beforeEach(async () => {
  await redis.flushdb();
  await store.get(1, "a");
});
afterAll(() => redis.disconnect());

/** Redis tells the time itself: passing time means that whatever expires does so earlier. */
async function pass(milliseconds: number): Promise<void> {
  const key = "{profile-cache}:expiry";
  for (const id of await redis.zrange(key, "0", "-1")) await redis.zincrby(key, String(-milliseconds), id);
}

test("behaves as the model does", async () => {
  const outcome = await fc.check(
    fc.asyncProperty(commands, async (sequence) => {
      await redis.flushdb();
      await compareWithModel(store, pass, sequence);
    }),
    { numRuns: 100 },
  );
  expect(outcome).toMatchObject({ failed: false, counterexample: null });
});

describe("a fence", () => {
  test("keeps readers from filling until the last of two writers has ended", async () => {
    await store.fill(1, profile("a", 1));
    await store.beginWrite(1, "a", "first");
    await store.beginWrite(1, "a", "second");
    await store.fill(1, profile("a", 1));
    await store.endWrite(1, "a", "second", { kind: "updated", profile: profile("a", 3) });
    expect(await store.get(1, "a")).toBeUndefined();
    await store.endWrite(1, "a", "first", { kind: "updated", profile: profile("a", 2) });
    await store.fill(1, profile("a", 2));
    expect(await store.get(1, "a")).toBeUndefined();
    await store.fill(1, profile("a", 3));
    expect((await store.get(1, "a"))?.version).toBe(3);
  });

  test("that Redis has lost does not count as having stood", async () => {
    await store.beginWrite(1, "a", "writer");
    await redis.flushdb();
    const end = await store.endWrite(1, "a", "writer", { kind: "updated", profile: profile("a", 2) });
    expect(end.stood).toBe(false);
  });

  test("of a deletion lets no version of the profile in again", async () => {
    await store.beginWrite(1, "a", "writer");
    await store.endWrite(1, "a", "writer", { kind: "deleted" });
    await store.fill(1, profile("a", 2_000_000_000));
    expect(await store.get(1, "a")).toBeUndefined();
  });

  test("keeps the entry's place, even when the store has filled up meanwhile", async () => {
    for (const id of ["a", "b", "c"]) await store.fill(1, profile(id, 1));
    await store.beginWrite(1, "b", "writer");
    await store.fill(1, profile("d", 1));
    const end = await store.endWrite(1, "b", "writer", { kind: "updated", profile: profile("b", 2) });
    expect(end).toEqual({ stood: true, evicted: ["a"], size: 3 });
    expect(await store.get(1, "a")).toBeUndefined();
  });

  test("expires, so that a writer that died leaves nothing behind", async () => {
    await store.beginWrite(1, "a", "writer");
    expect(await redis.pttl("{profile-cache}:fence:a")).toBeGreaterThan(59_000);
  });
});

describe("an epoch", () => {
  test("that is outdated is refused; a later one empties the store", async () => {
    await store.get(5, "a");
    await store.fill(5, profile("a", 1));
    await expect(store.get(4, "a")).rejects.toEqual(new OutdatedEpochError(5));
    await expect(store.beginWrite(4, "a", "writer")).rejects.toEqual(new OutdatedEpochError(5));
    expect(await store.get(6, "a")).toBeUndefined();
    await store.fill(5, profile("a", 1));
    expect(await store.size()).toBe(0);
  });

  test("that Redis has forgotten takes no fill from before", async () => {
    await store.get(5, "a");
    await redis.flushdb();
    await store.fill(5, profile("a", 1));
    expect(await store.size()).toBe(0);
  });
});

test("an entry of a release that knew no images counts as none", async () => {
  const { images, ...before } = profile("a", 1);
  expect(images).toEqual([]);
  await store.get(1, "a");
  await store.fill(1, before as ReturnType<typeof profile>);
  expect([await store.size(), await store.get(1, "a")]).toEqual([1, undefined]);
});
