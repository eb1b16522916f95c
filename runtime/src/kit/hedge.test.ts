import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hedge } from "./hedge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that ends when the test says so. */
function pending() {
  const begun: PromiseWithResolvers<string>[] = [];
  const work = (): Promise<string> => {
    const next = Promise.withResolvers<string>();
    begun.push(next);
    return next.promise;
  };
  return { begun, result: hedge(work, { times: 3, after: 300 }) };
}

test("what does not end is begun again beside it, and no more than so often", async () => {
  const { begun, result } = pending();
  const counts: number[] = [];
  for (const time of [0, 299, 1, 300, 1_000]) {
    await vi.advanceTimersByTimeAsync(time);
    counts.push(begun.length);
  }
  expect(counts).toEqual([1, 1, 2, 3, 3]);
  begun[1]?.resolve("the second");
  begun[0]?.reject(new Error("too late"));
  expect(await result).toBe("the second");
});

test("after a success nothing more is begun", async () => {
  const { begun, result } = pending();
  begun[0]?.resolve("the first");
  expect(await result).toBe("the first");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toHaveLength(1);
});

test("a failure is waited out by those that were begun, and nothing is begun for it", async () => {
  const { begun, result } = pending();
  const told = result.catch((err: unknown) => err);
  await vi.advanceTimersByTimeAsync(300);
  begun[0]?.reject(new Error("refused"));
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toHaveLength(2);
  begun[1]?.reject(new Error("refused as well"));
  expect(await told).toEqual(new Error("refused as well"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toHaveLength(2);
});
