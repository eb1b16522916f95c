import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { commands, compareWithModel, modelLimits, profile } from "../../test/cache-model.ts";
import { MemoryStore } from "./memory.ts";
import { deletedFloor, fenceLife, OutdatedEpochError } from "./store.ts";

let now: number;
let store: MemoryStore;

beforeEach(async () => {
  now = 0;
  store = new MemoryStore(modelLimits, () => now);
  await store.get(1, "a");
});

test("behaves as the model does", async () => {
  const outcome = await fc.check(
    fc.asyncProperty(commands, async (sequence) => {
      now = 0;
      const fresh = new MemoryStore(modelLimits, () => now);
      await compareWithModel(
        fresh,
        async (milliseconds) => {
          now += milliseconds;
        },
        sequence,
      );
    }),
    { numRuns: 500 },
  );
  expect(outcome).toMatchObject({ failed: false, counterexample: null });
});

describe("a fence", () => {
  test("keeps readers from filling until the write has ended", async () => {
    await store.beginWrite(1, "a", "writer");
    await store.fill(1, profile("a", 1));
    expect(await store.get(1, "a")).toBeUndefined();
  });

  test("of two writers stands until the last of them has ended", async () => {
    await store.fill(1, profile("a", 1));
    await store.beginWrite(1, "a", "first");
    await store.beginWrite(1, "a", "second");
    await store.endWrite(1, "a", "first", { kind: "updated", profile: profile("a", 2) });
    expect(await store.get(1, "a")).toBeUndefined();
    await store.endWrite(1, "a", "second", { kind: "updated", profile: profile("a", 3) });
    expect((await store.get(1, "a"))?.version).toBe(3);
  });

  test("does not let the older of two overlapping writes have the last word", async () => {
    await store.fill(1, profile("a", 1));
    await store.beginWrite(1, "a", "first");
    await store.beginWrite(1, "a", "second");
    await store.endWrite(1, "a", "second", { kind: "updated", profile: profile("a", 3) });
    await store.endWrite(1, "a", "first", { kind: "updated", profile: profile("a", 2) });
    expect(await store.get(1, "a")).toBeUndefined();
    await store.fill(1, profile("a", 2));
    expect(await store.get(1, "a")).toBeUndefined();
    await store.fill(1, profile("a", 3));
    expect((await store.get(1, "a"))?.version).toBe(3);
  });

  test("of a writer that died falls by itself, and its end no longer counts as having stood", async () => {
    await store.beginWrite(1, "a", "writer");
    now += fenceLife;
    const end = await store.endWrite(1, "a", "writer", { kind: "updated", profile: profile("a", 2) });
    expect(end.stood).toBe(false);
    await store.fill(1, profile("a", 1));
    expect((await store.get(1, "a"))?.version).toBe(1);
  });

  test("of a writer that died falls while that of a later one stands", async () => {
    await store.beginWrite(1, "a", "dead");
    now += fenceLife - 1;
    await store.beginWrite(1, "a", "alive");
    now += 1;
    const end = await store.endWrite(1, "a", "dead", { kind: "none" });
    expect(end.stood).toBe(false);
    await store.fill(1, profile("a", 1));
    expect(await store.get(1, "a")).toBeUndefined();
    expect((await store.endWrite(1, "a", "alive", { kind: "none" })).stood).toBe(true);
    await store.fill(1, profile("a", 1));
    expect((await store.get(1, "a"))?.version).toBe(1);
  });

  test("that is touched again outlives those that were put up after it", async () => {
    for (const id of ["a", "b"]) {
      await store.beginWrite(1, id, "writer");
      await store.endWrite(1, id, "writer", { kind: "updated", profile: profile(id, 2) });
      now += 1;
    }
    await store.beginWrite(1, "a", "again");
    await store.endWrite(1, "a", "again", { kind: "none" });
    now += fenceLife - 1;
    await store.fill(1, profile("a", 1));
    await store.fill(1, profile("b", 1));
    expect([await store.get(1, "a"), (await store.get(1, "b"))?.version]).toEqual([undefined, 1]);
  });

  test("of a deletion lets no version of the profile in again", async () => {
    await store.beginWrite(1, "a", "writer");
    await store.endWrite(1, "a", "writer", { kind: "deleted" });
    await store.fill(1, profile("a", deletedFloor - 1));
    expect(await store.get(1, "a")).toBeUndefined();
  });

  test("keeps the entry's place, even when the store has filled up meanwhile", async () => {
    for (const id of ["a", "b", "c"]) await store.fill(1, profile(id, 1));
    await store.beginWrite(1, "b", "writer");
    await store.fill(1, profile("d", 1));
    const end = await store.endWrite(1, "b", "writer", { kind: "updated", profile: profile("b", 2) });
    expect(end).toEqual({ stood: true, evicted: ["a"], size: 3 });
    expect(await store.get(1, "a")).toBeUndefined();
    expect((await store.get(1, "b"))?.version).toBe(2);
  });
});

describe("an epoch", () => {
  test("that is outdated is refused, and told what the latest is", async () => {
    await store.get(5, "a");
    await expect(store.get(4, "a")).rejects.toEqual(new OutdatedEpochError(5));
    await expect(store.beginWrite(4, "a", "writer")).rejects.toThrow("epoch 5");
  });

  test("that has passed meanwhile has nothing stored under it", async () => {
    await store.fill(1, profile("a", 1));
    await store.beginWrite(1, "a", "writer");
    await store.get(2, "a");
    const end = await store.endWrite(1, "a", "writer", { kind: "updated", profile: profile("a", 2) });
    expect(end).toEqual({ stood: true, evicted: [], size: 0 });
    await store.fill(1, profile("b", 1));
    expect(await store.size()).toBe(0);
  });

  test("undefined at the end of a write stores nothing", async () => {
    await store.get(1, "a");
    await store.fill(1, profile("a", 1));
    await store.beginWrite(1, "a", "writer");
    await store.endWrite(undefined, "a", "writer", { kind: "updated", profile: profile("a", 2) });
    expect(await store.get(1, "a")).toBeUndefined();
  });
});
