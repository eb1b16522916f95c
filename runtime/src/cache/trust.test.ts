import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CacheTrust, defaultTiming } from "./trust.ts";
import type { TrustRow } from "./trust-table.ts";

const { interval, lease } = defaultTiming;

/** The row of the database, and what happens to it; the clock of both is the one that tests move. */
class Table {
  epoch = 1;
  runId = "redis-1";
  distrustUntil = 0;
  reachable = true;

  read = async (): Promise<TrustRow> => {
    if (!this.reachable) throw new Error("PostgreSQL is away");
    return { epoch: this.epoch, runId: this.runId, distrustedFor: Math.max(0, this.distrustUntil - performance.now()) };
  };

  distrust = async (milliseconds: number): Promise<TrustRow> => {
    if (this.distrustUntil <= performance.now()) this.epoch += 1;
    this.distrustUntil = Math.max(this.distrustUntil, performance.now() + milliseconds);
    return this.read();
  };

  adoptRun = async (runId: string, milliseconds: number): Promise<void> => {
    this.runId = runId;
    this.epoch += 1;
    this.distrustUntil = Math.max(this.distrustUntil, performance.now() + milliseconds);
  };

  overtake = async (epoch: number): Promise<void> => {
    this.epoch = epoch + 1;
  };
}

let table: Table;
let redis: { readonly id: string | undefined };
const started: CacheTrust[] = [];

function createTrust(runId: () => string | undefined = () => redis.id): CacheTrust {
  const trust = new CacheTrust({
    table,
    redis: {
      async runId() {
        const id = runId();
        if (id === undefined) throw new Error("Redis is away");
        return id;
      },
    },
    log: pino({ level: "silent" }),
    now: () => performance.now(),
    sleep: (milliseconds) =>
      new Promise<void>((resolve) => {
        setTimeout(resolve, milliseconds);
      }),
  });
  started.push(trust);
  return trust;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  table = new Table();
  redis = { id: "redis-1" };
});
afterEach(() => {
  for (const trust of started.splice(0)) trust.stop();
  vi.useRealTimers();
});

describe("a lease", () => {
  test("is good from the first look on, and renewed", async () => {
    const trust = createTrust();
    expect(trust.believable()).toBeUndefined();
    await trust.start();
    expect(trust.believable()).toBe(1);
    await vi.advanceTimersByTimeAsync(10 * interval);
    expect(trust.believable()).toBe(1);
  });

  test("runs out when the database is away", async () => {
    const trust = createTrust();
    await trust.start();
    table.reachable = false;
    await vi.advanceTimersByTimeAsync(lease - 1);
    expect(trust.believable()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(trust.believable()).toBeUndefined();
    expect(trust.reachable()).toBe(1);
    table.reachable = true;
    await vi.advanceTimersByTimeAsync(interval);
    expect(trust.believable()).toBe(1);
  });

  test("is void as soon as the connection is in doubt", async () => {
    const trust = createTrust();
    await trust.start();
    trust.doubt();
    expect([trust.believable(), trust.reachable()]).toEqual([undefined, undefined]);
    await trust.look();
    expect(trust.believable()).toBe(1);
  });
});

describe("distrust", () => {
  test("is declared by who cannot reach Redis, for all, and ends a while after it can", async () => {
    const [healthy, cutOff] = [createTrust(() => "redis-1"), createTrust()];
    await healthy.start();
    redis = { id: undefined };
    await cutOff.start();
    await vi.advanceTimersByTimeAsync(30 * interval);
    expect([healthy.believable(), cutOff.believable()]).toEqual([undefined, undefined]);
    expect(healthy.reachable()).toBe(2);
    redis = { id: "redis-1" };
    await vi.advanceTimersByTimeAsync(defaultTiming.distrust + 2 * interval);
    expect([healthy.believable(), cutOff.believable()]).toEqual([2, 2]);
  });

  test("begins anew when Redis turns out to be another process", async () => {
    const trust = createTrust();
    await trust.start();
    redis = { id: "redis-2" };
    await trust.look();
    expect(trust.believable()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(lease + 3 * interval);
    expect(trust.believable()).toBe(2);
  });

  test("of a Redis that another process does not see leaves neither of them believing", async () => {
    const [one, other] = [createTrust(() => "redis-1"), createTrust(() => "redis-2")];
    await one.start();
    await other.start();
    for (let look = 0; look < 20; look += 1) {
      await vi.advanceTimersByTimeAsync(interval);
      expect([one.believable(), other.believable()]).toEqual([undefined, undefined]);
    }
  });
});

describe("settling a write", () => {
  async function settle(trust: CacheTrust): Promise<number> {
    const before = performance.now();
    let after = Number.NaN;
    const settled = trust.settle().then(() => {
      after = performance.now();
      return undefined;
    });
    await vi.advanceTimersByTimeAsync(2 * lease);
    await settled;
    return after - before;
  }

  test("waits until no lease from before can be valid", async () => {
    const [writer, reader] = [createTrust(), createTrust()];
    await writer.start();
    await reader.start();
    const settled = writer.settle();
    await vi.advanceTimersByTimeAsync(lease - 1);
    await vi.advanceTimersByTimeAsync(1);
    await settled;
    expect(reader.believable()).toBeUndefined();
    expect(table.epoch).toBe(2);
  });

  test("takes a lease's time once, and none while distrust goes on", async () => {
    const trust = createTrust();
    redis = { id: undefined };
    await trust.start();
    expect(await settle(trust)).toBeLessThanOrEqual(lease);
    expect(await settle(trust)).toBe(0);
    await vi.advanceTimersByTimeAsync(60 * interval);
    expect(await settle(trust)).toBe(0);
  });

  test("fails when the database cannot be told", async () => {
    const trust = createTrust();
    await trust.start();
    table.distrust = async () => {
      throw new Error("PostgreSQL is away");
    };
    await expect(trust.settle()).rejects.toThrow("PostgreSQL is away");
  });
});

describe("a write that Redis confirmed, when distrust has run out and nobody has looked since", () => {
  /** Distrust ends at 10.5 s; the look before was at 10 s, the next one is at 11 s. */
  async function runOut(): Promise<CacheTrust> {
    const trust = createTrust();
    redis = { id: undefined };
    await trust.start();
    redis = { id: "redis-1" };
    table.distrustUntil += interval / 2;
    await vi.advanceTimersByTimeAsync(defaultTiming.distrust + 0.7 * interval);
    expect([trust.believable(), table.epoch]).toEqual([undefined, 2]);
    return trust;
  }

  test("looks, and has distrust not begin again", async () => {
    const trust = await runOut();
    const before = performance.now();
    await trust.settle(true);
    expect([performance.now() - before, trust.believable(), table.epoch]).toEqual([0, 2, 2]);
  });

  test("does not keep the cache off, however often there is one", async () => {
    const trust = createTrust();
    redis = { id: undefined };
    await trust.start();
    redis = { id: "redis-1" };
    const settled: Promise<void>[] = [];
    for (let count = 0; count < 150; count += 1) {
      settled.push(trust.settle(true));
      await vi.advanceTimersByTimeAsync(interval / 10 + 1);
    }
    await Promise.all(settled);
    expect([trust.believable(), table.epoch]).toEqual([2, 2]);
  });

  test("is settled as any other when Redis turns out to be another process", async () => {
    const trust = await runOut();
    redis = { id: "redis-2" };
    const settled = trust.settle(true);
    await vi.advanceTimersByTimeAsync(lease);
    await settled;
    expect([trust.believable(), table.epoch]).toEqual([undefined, 3]);
  });

  test("declares distrust where Redis did not confirm it", async () => {
    const trust = await runOut();
    const settled = trust.settle();
    await vi.advanceTimersByTimeAsync(lease);
    await settled;
    expect([trust.believable(), table.epoch]).toEqual([undefined, 3]);
  });

  test("does not wait when distrust goes on for a little longer than was known", async () => {
    const trust = await runOut();
    table.distrustUntil = performance.now() + 100;
    const before = performance.now();
    await trust.settle(true);
    expect([performance.now() - before, table.epoch]).toEqual([0, 2]);
  });

  test("looks as well when the lease has run out because this process stood still", async () => {
    const trust = createTrust();
    await trust.start();
    trust.stop();
    await vi.advanceTimersByTimeAsync(lease);
    expect(trust.believable()).toBeUndefined();
    await trust.settle(true);
    expect([trust.believable(), table.epoch]).toEqual([1, 1]);
  });
});

describe("catching up", () => {
  test("takes over the epoch that Redis knows and the database has since opened", async () => {
    const trust = createTrust();
    await trust.start();
    table.epoch = 7;
    await trust.catchUp(7);
    expect([trust.believable(), table.epoch]).toEqual([7, 7]);
  });

  test("overtakes Redis when the database has fallen behind", async () => {
    const trust = createTrust();
    await trust.start();
    await trust.catchUp(40);
    expect(trust.believable()).toBe(41);
  });
});
