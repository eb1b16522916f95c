import { pino } from "pino";
import { Registry } from "prom-client";
import { beforeEach, describe, expect, test } from "vitest";
import { modelLimits, profile } from "../../test/cache-model.ts";
import { CircuitOpenError, UnavailableError } from "../kit/errors.ts";
import type { Profile } from "../profiles/profile.ts";
import { type Origin, ProfileCache, type Written } from "./cache.ts";
import { MemoryStore } from "./memory.ts";
import { createCacheMetrics } from "./metrics.ts";
import { noopStore } from "./noop.ts";
import type { CacheStore } from "./store.ts";

let now: number;
let rows: Map<string, Profile>;
let loads: string[];
let settled: number;
let confirmed: (boolean | undefined)[];
let believed: boolean;
let registry: Registry;
let shared: CacheStore;

const origin: Origin = {
  load: async (id) => {
    loads.push(id);
    return rows.get(id);
  },
  currentVersion: async (id) => rows.get(id)?.version,
};

beforeEach(() => {
  now = 0;
  rows = new Map([["a", profile("a", 1)]]);
  loads = [];
  settled = 0;
  confirmed = [];
  believed = true;
  registry = new Registry();
  shared = new MemoryStore(modelLimits, () => now);
});

function createCache(): ProfileCache {
  return new ProfileCache({
    shared,
    local: new MemoryStore(modelLimits, () => now),
    trust: {
      believable: () => (believed ? 1 : undefined),
      reachable: () => (believed ? 1 : undefined),
      doubt: () => {
        believed = false;
      },
      catchUp: async () => undefined,
      settle: async (given) => {
        settled += 1;
        confirmed.push(given);
      },
    },
    metrics: createCacheMetrics(registry, async () => 0, 10),
    log: pino({ level: "silent" }),
    now: () => now,
  });
}

function update(version: number): () => Promise<Written<Profile>> {
  return async () => {
    const written = profile("a", version);
    rows.set("a", written);
    return { result: written, effect: { kind: "updated", profile: written } };
  };
}

async function count(name: string): Promise<number> {
  return (await registry.getSingleMetric(name)?.get())?.values[0]?.value ?? 0;
}

test("a write that has to be settled is told to have been confirmed by Redis, or not", async () => {
  const cache = createCache();
  await cache.write("a", async () => {
    // As distrust that somebody else declares.
    believed = false;
    return update(2)();
  });
  await cache.write("a", update(3));
  expect(confirmed).toEqual([true, false]);
});

describe("reading", () => {
  test("goes to the database once and then to the cache, counting each read once", async () => {
    const cache = createCache();
    expect((await cache.read("a", origin))?.source).toBe("database");
    expect((await cache.read("a", origin))?.source).toBe("cache");
    expect(await cache.read("missing", origin)).toBeUndefined();
    expect(loads).toEqual(["a", "missing"]);
    expect([await count("cache_hits_total"), await count("cache_misses_total")]).toEqual([1, 2]);
    expect(await count("cache_hit_ratio")).toBeCloseTo(1 / 3);
  });

  test("tells how many misses came one after the other, and how many entries there may be", async () => {
    const cache = createCache();
    expect([await count("cache_consecutive_misses"), await count("cache_max_entries")]).toEqual([0, 10]);
    for (const id of ["a", "missing", "missing"]) await cache.read(id, origin);
    expect(await count("cache_consecutive_misses")).toBe(3);
    await cache.read("a", origin);
    expect(await count("cache_consecutive_misses")).toBe(0);
    await cache.read("missing", origin);
    expect(await count("cache_consecutive_misses")).toBe(1);
  });

  test("is timed by where the profile came from", async () => {
    const cache = createCache();
    const slow: Origin = {
      ...origin,
      load: async (id) => {
        now += 15;
        return rows.get(id);
      },
    };
    await cache.read("a", slow);
    await cache.read("a", slow);
    const values = (await registry.getSingleMetric("profile_read_duration_seconds")?.get())?.values ?? [];
    const sums = values.flatMap(({ labels, value, ...rest }) =>
      "metricName" in rest && rest.metricName === "profile_read_duration_seconds_sum"
        ? [[labels["source"], value]]
        : [],
    );
    expect(Object.fromEntries(sums)).toEqual({ cache: 0, database: 0.015 });
  });

  test("that overlaps a write does not leave the older version behind", async () => {
    const cache = createCache();
    const slow: Origin = {
      ...origin,
      load: async (id) => {
        const before = rows.get(id);
        await cache.write("a", update(2));
        return before;
      },
    };
    expect((await cache.read("a", slow))?.profile.version).toBe(1);
    expect((await cache.read("a", origin))?.profile.version).toBe(2);
  });

  test("that took too long offers nothing to the cache", async () => {
    const cache = createCache();
    const slow: Origin = {
      ...origin,
      load: async (id) => {
        now += 30_000;
        return rows.get(id);
      },
    };
    await cache.read("a", slow);
    expect((await cache.read("a", origin))?.source).toBe("database");
  });

  test("without Redis believes its own memory only of versions that the database confirms", async () => {
    believed = false;
    const cache = createCache();
    await cache.read("a", origin);
    expect((await cache.read("a", origin))?.source).toBe("cache");
    rows.set("a", profile("a", 2));
    expect(await cache.read("a", origin)).toEqual({ profile: profile("a", 2), source: "database" });
    expect(await cache.read("a", origin)).toEqual({ profile: profile("a", 2), source: "cache" });
    rows.delete("a");
    expect(await cache.read("a", origin)).toBeUndefined();
  });

  test("falls back to the database when Redis fails, and counts the error", async () => {
    shared = {
      ...noopStore,
      get: async () => {
        throw new Error("Command timed out");
      },
    };
    const cache = createCache();
    expect((await cache.read("a", origin))?.source).toBe("database");
    expect(await count("cache_errors_total")).toBe(1);
    expect(believed).toBe(false);
  });

  test("with a cache that keeps nothing always asks the database", async () => {
    shared = noopStore;
    const cache = createCache();
    for (let read = 0; read < 3; read += 1) expect((await cache.read("a", origin))?.source).toBe("database");
  });
});

/** Whatever waits for nothing but its turn has had it then. */
async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

/** A database whose answers are found at once, and arrive when they are let go. */
class SlowOrigin implements Origin {
  readonly asked: string[] = [];
  readonly #held: (() => void)[] = [];

  load(id: string): Promise<Profile | undefined> {
    return this.#hold(`load ${id}`, rows.get(id));
  }

  currentVersion(id: string): Promise<number | undefined> {
    return this.#hold(`version ${id}`, rows.get(id)?.version);
  }

  async letGo(): Promise<void> {
    await manyTurns();
    for (const answer of this.#held.splice(0)) answer();
    await manyTurns();
  }

  #hold<T>(what: string, found: T): Promise<T> {
    this.asked.push(what);
    return new Promise((resolve) => this.#held.push(() => resolve(found)));
  }
}

describe("reading what many ask for at once", () => {
  test("asks the database once at a time for each profile, and counts each read as a miss", async () => {
    const cache = createCache();
    const slow = new SlowOrigin();
    const reads = Array.from({ length: 100 }, () => cache.read("a", slow));
    const other = cache.read("b", slow);
    await slow.letGo();
    await slow.letGo();
    expect(new Set((await Promise.all(reads)).map((found) => found?.profile))).toEqual(new Set([profile("a", 1)]));
    expect(await other).toBeUndefined();
    expect(slow.asked.toSorted()).toEqual(["load a", "load a", "load b"]);
    expect(await count("cache_misses_total")).toBe(101);
    expect((await cache.read("a", slow))?.source).toBe("cache");
  });

  test("shares no answer that was found before somebody asked: a write was acknowledged meanwhile", async () => {
    const cache = createCache();
    const slow = new SlowOrigin();
    const before = cache.read("a", slow);
    await manyTurns();
    await cache.write("a", update(2));
    const after = cache.read("a", slow);
    await slow.letGo();
    await slow.letGo();
    expect([(await before)?.profile.version, (await after)?.profile.version]).toEqual([1, 2]);
  });

  test("without Redis asks for the version once at a time, and no earlier than it was asked itself", async () => {
    believed = false;
    const cache = createCache();
    await cache.read("a", origin);
    const slow = new SlowOrigin();
    const before = cache.read("a", slow);
    await manyTurns();
    rows.set("a", profile("a", 2));
    const after = Array.from({ length: 100 }, () => cache.read("a", slow));
    for (let round = 0; round < 4; round += 1) await slow.letGo();
    expect((await before)?.profile.version).toBe(1);
    expect(new Set((await Promise.all(after)).map((found) => found?.profile.version))).toEqual(new Set([2]));
    expect(slow.asked.filter((what) => what === "version a")).toHaveLength(2);
    expect(slow.asked.filter((what) => what === "load a").length).toBeLessThanOrEqual(2);
  });
});

describe("writing", () => {
  test("brings a cached entry up to date, and needs nobody's patience", async () => {
    const cache = createCache();
    await cache.read("a", origin);
    await cache.write("a", update(2));
    expect(await cache.read("a", origin)).toEqual({ profile: profile("a", 2), source: "cache" });
    expect(settled).toBe(0);
  });

  test("that Redis could not be told of is settled before it returns", async () => {
    believed = false;
    await createCache().write("a", update(2));
    expect(settled).toBe(1);
  });

  test("whose fence was lost is settled before it returns", async () => {
    shared = { ...noopStore, endWrite: async () => ({ stood: false, evicted: [], size: 0 }) };
    await createCache().write("a", update(2));
    expect(settled).toBe(1);
  });

  test("during which trust was lost is settled before it returns", async () => {
    const cache = createCache();
    await cache.write("a", async () => {
      believed = false;
      return update(2)();
    });
    expect(settled).toBe(1);
  });

  test("that changed nothing needs no settling", async () => {
    believed = false;
    await createCache().write("a", async () => ({ result: undefined, effect: { kind: "none" } }));
    expect(settled).toBe(0);
  });

  test("that failed lifts its fence; one whose outcome is unknown leaves it", async () => {
    const cache = createCache();
    const fail = (failure: Error) =>
      cache.write("a", async () => {
        throw failure;
      });
    await expect(fail(new Error("duplicate"))).rejects.toThrow("duplicate");
    await cache.read("a", origin);
    expect((await cache.read("a", origin))?.source).toBe("cache");
    await expect(fail(new UnavailableError("postgresql", "gone"))).rejects.toThrow("gone");
    await cache.read("a", origin);
    expect((await cache.read("a", origin))?.source).toBe("database");
  });

  test("a write that was not attempted costs no time and lifts its fence, for it has changed nothing", async () => {
    const cache = createCache();
    const refused = (): Promise<never> => Promise.reject(new CircuitOpenError("postgresql"));
    await expect(cache.write("a", refused)).rejects.toThrow(CircuitOpenError);
    await cache.read("a", origin);
    expect((await cache.read("a", origin))?.source).toBe("cache");
    believed = false;
    await expect(cache.write("a", refused)).rejects.toThrow(CircuitOpenError);
    expect(settled).toBe(0);
    const lost = (): Promise<never> => Promise.reject(new UnavailableError("postgresql", "gone"));
    await expect(cache.write("a", lost)).rejects.toThrow("gone");
    expect(settled).toBe(1);
  });
});
