import { Registry } from "prom-client";
import { beforeEach, describe, expect, test } from "vitest";
import { CircuitOpenError } from "../kit/errors.ts";
import { Limiter } from "./limiter.ts";
import { MemoryBuckets } from "./memory.ts";
import { createLimitMetrics } from "./metrics.ts";
import type { Policy } from "./policy.ts";

const policy: Policy = { name: "reads", quota: 3, window: 3_000 };

let registry: Registry;
let now: number;
/** The shared buckets: as Redis has them, and asked by others as well. */
let shared: MemoryBuckets;
let asked: number;
let away: boolean;
let limiter: Limiter;

beforeEach(() => {
  registry = new Registry();
  now = 1_000;
  shared = new MemoryBuckets(100);
  asked = 0;
  away = false;
  const memory = new MemoryBuckets(100);
  limiter = new Limiter({
    memory,
    redis: {
      async take(of, key) {
        asked += 1;
        return shared.take(of, key, now);
      },
    },
    breaker: {
      run: async (work) => {
        if (away) throw new CircuitOpenError("redis");
        return work({ cutOff: false });
      },
    },
    metrics: createLimitMetrics(registry, [policy], () => memory.size),
    now: () => now,
  });
});

const takeAll = async (requests: number): Promise<readonly boolean[]> => {
  const allowed: boolean[] = [];
  for (let request = 0; request < requests; request += 1) allowed.push((await limiter.take(policy, "ada")).allowed);
  return allowed;
};

async function counted(): Promise<Readonly<Record<string, number>>> {
  const { values = [] } = (await registry.getSingleMetric("rate_limit_decisions_total")?.get()) ?? {};
  return Object.fromEntries(
    values.map(({ labels, value }) => [`${String(labels["outcome"])} by ${String(labels["decided_by"])}`, value]),
  );
}

describe("while Redis answers", () => {
  test("it decides, for all replicas together", async () => {
    shared.take(policy, "reads:ada", now);
    expect(await takeAll(1)).toEqual([true]);
    shared.take(policy, "reads:ada", now);
    expect(await takeAll(1)).toEqual([false]);
    expect(await counted()).toMatchObject({ "allowed by redis": 1, "limited by redis": 1, "allowed by memory": 0 });
  });

  test("a bucket that is known to be empty needs no asking, until it may have a request again", async () => {
    await takeAll(4);
    expect(asked).toBe(3);
    now += 999;
    expect([await takeAll(1), asked]).toEqual([[false], 3]);
    now += 1;
    expect([await takeAll(2), asked]).toEqual([[true, false], 4]);
  });

  test("subjects and policies have buckets of their own", async () => {
    await takeAll(3);
    expect((await limiter.take(policy, "grace")).allowed).toBe(true);
    expect((await limiter.take({ ...policy, name: "writes" }, "ada")).allowed).toBe(true);
  });
});

describe("while Redis is away", () => {
  test("memory goes on from what Redis said last", async () => {
    expect(await takeAll(2)).toEqual([true, true]);
    away = true;
    expect(await takeAll(2)).toEqual([true, false]);
    now += 1_000;
    expect(await takeAll(2)).toEqual([true, false]);
    expect(await counted()).toMatchObject({
      "allowed by redis": 2,
      "allowed by memory": 2,
      "limited by known_empty": 2,
    });
  });

  test("and Redis decides again afterwards", async () => {
    away = true;
    await takeAll(1);
    away = false;
    await takeAll(1);
    expect(await counted()).toMatchObject({ "allowed by redis": 1, "allowed by memory": 1 });
  });
});

test("a look takes nothing", async () => {
  await takeAll(2);
  for (let look = 0; look < 5; look += 1) expect(limiter.peek(policy, "ada").allowed).toBe(true);
  expect(await takeAll(2)).toEqual([true, false]);
  expect(limiter.peek(policy, "ada").allowed).toBe(false);
});
