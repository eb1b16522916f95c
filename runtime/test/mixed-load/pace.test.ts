import { expect, test } from "vitest";
import { pace } from "./pace.ts";

const never = new AbortController().signal;
const now = () => performance.now();

test("as many as asked for are started, each due at its time, and all are waited for", async () => {
  const due: number[] = [];
  let ended = 0;
  const options = { rate: 500, atLeast: 50, goOn: () => false, signal: never, now };
  await pace(options, async (dueAt) => {
    due.push(dueAt);
    await new Promise((resolve) => setTimeout(resolve, 20));
    ended += 1;
  });
  expect([due.length, ended]).toEqual([50, 50]);
  const gaps = due.slice(1).map((moment, index) => moment - (due[index] ?? 0));
  for (const gap of gaps) expect(gap).toBeCloseTo(2);
});

test("it goes on while there is a reason to", async () => {
  let started = 0;
  const options = { rate: 1000, atLeast: 1, goOn: () => started < 30, signal: never, now };
  await pace(options, async () => {
    started += 1;
  });
  expect(started).toBeGreaterThanOrEqual(30);
});

test("work that fails ends it, with its error", async () => {
  const options = { rate: 100, atLeast: 1_000_000, goOn: () => false, signal: never, now };
  const failing = pace(options, () => Promise.reject(new Error("broken")));
  await expect(failing).rejects.toThrow("broken");
});

test("a signal ends it", async () => {
  const controller = new AbortController();
  let started = 0;
  await pace({ rate: 100, atLeast: 1_000_000, goOn: () => true, signal: controller.signal, now }, async () => {
    started += 1;
    if (started === 3) controller.abort();
  });
  expect(started).toBeLessThan(1000);
});
