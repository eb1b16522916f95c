import { describe, expect, test } from "vitest";
import { concurrently } from "./concurrently.ts";

const independent = () => [];

/** Actions that end when the test says so. */
function controlled() {
  const started: string[] = [];
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  return {
    started,
    action: (item: string): Promise<void> => {
      started.push(item);
      const end = Promise.withResolvers<void>();
      waiting.set(item, end);
      return end.promise;
    },
    end: async (item: string): Promise<void> => {
      waiting.get(item)?.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("concurrently", () => {
  test("runs as many at once as it may, and a next one when one ends", async () => {
    const { started, action, end } = controlled();
    const all = concurrently(["a", "b", "c"], 2, independent, action);
    expect(started).toEqual(["a", "b"]);
    await end("b");
    expect(started).toEqual(["a", "b", "c"]);
    await end("a");
    await end("c");
    await all;
  });

  test("starts an item when all that it depends on have ended, and others before it", async () => {
    const { started, action, end } = controlled();
    const dependencies: Readonly<Record<string, readonly string[]>> = { leaf: ["base", "ground"] };
    const all = concurrently(["base", "ground", "leaf", "other"], 2, (item) => dependencies[item] ?? [], action);
    expect(started).toEqual(["base", "ground"]);
    await end("base");
    expect(started).toEqual(["base", "ground", "other"]);
    await end("ground");
    expect(started).toEqual(["base", "ground", "other", "leaf"]);
    await end("other");
    await end("leaf");
    await all;
  });

  test("refuses items that depend on each other", async () => {
    const circle: Readonly<Record<string, readonly string[]>> = { a: ["b"], b: ["a"] };
    const all = concurrently(
      ["a", "b", "c"],
      2,
      (item) => circle[item] ?? [],
      async () => undefined,
    );
    await expect(all).rejects.toThrow("2 of 3 items depend on each other in a circle");
  });

  test("does not wait for a dependency that is not among the items", async () => {
    const started: string[] = [];
    await concurrently(
      ["leaf"],
      1,
      () => ["built before"],
      async (item) => void started.push(item),
    );
    expect(started).toEqual(["leaf"]);
  });

  test("aborts the others at the first failure, starts no more, and throws when all have ended", async () => {
    const started: string[] = [];
    const failing = concurrently(["bad", "long", "never"], 2, independent, (item, signal) => {
      started.push(item);
      if (item === "bad") return Promise.reject(new Error("bad failed"));
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
    });
    await expect(failing).rejects.toThrow("bad failed");
    expect(started).toEqual(["bad", "long"]);
  });

  test("throws the caller's reason when the caller aborts", async () => {
    const { action, end } = controlled();
    const caller = new AbortController();
    const all = concurrently(["a", "b"], 1, independent, action, caller.signal);
    caller.abort(new Error("interrupted"));
    await Promise.all([expect(all).rejects.toThrow("interrupted"), end("a")]);
  });
});
