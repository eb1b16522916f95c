import { expect, test } from "vitest";
import { SaturatedError } from "./errors.ts";
import { Permits } from "./permits.ts";

/** An operation that lasts until it is told to end. */
function operation() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const state = { begun: false };
  const run = (): Promise<void> => {
    state.begun = true;
    return promise;
  };
  return { state, run, end: resolve };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("so many run at once, and the others after them in their order", async () => {
  const permits = new Permits({ dependency: "store", count: 2, patience: 60_000 });
  const operations = [operation(), operation(), operation(), operation()] as const;
  const running = operations.map(({ run }) => permits.hold(run));
  const begun = (): readonly boolean[] => operations.map(({ state }) => state.begun);
  await settle();
  expect(begun()).toEqual([true, true, false, false]);
  operations[1].end();
  await settle();
  expect(begun()).toEqual([true, true, true, false]);
  operations[0].end();
  await settle();
  expect(begun()).toEqual([true, true, true, true]);
  operations[2].end();
  operations[3].end();
  await Promise.all(running);
});

test("one whose turn does not come in time is refused, and takes no place", async () => {
  const permits = new Permits({ dependency: "store", count: 1, patience: 10 });
  const first = operation();
  const running = permits.hold(first.run);
  const late = operation();
  await expect(permits.hold(late.run)).rejects.toThrow(SaturatedError);
  first.end();
  await running;
  expect(late.state.begun).toBe(false);
  expect(await permits.hold(async () => "next")).toBe("next");
});

test("an operation that fails gives its place back", async () => {
  const permits = new Permits({ dependency: "store", count: 1, patience: 10 });
  await expect(permits.hold(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await permits.hold(async () => "next")).toBe("next");
});
