import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { DelayMonitor } from "./delays.ts";

let monitor: DelayMonitor;

function start(longestWait = 0): void {
  monitor = new DelayMonitor({ db: { longestWait }, interval: 50, now: () => performance.now() });
  monitor.start();
}
afterEach(() => monitor.stop());

/** Keeps the event loop busy. */
function hold(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

describe("what requests wait for", () => {
  test("is nearly nothing while there is nothing to do", async () => {
    start();
    await sleep(50);
    monitor.read();
    await sleep(50);
    expect(monitor.read().event_loop).toBeLessThan(40);
  });

  test("is the event loop while it is held up, though it takes no samples then", async () => {
    start();
    await sleep(50);
    monitor.read();
    hold(400);
    expect(monitor.read().event_loop).toBeGreaterThanOrEqual(349);
  });

  test("is the event loop while each of its turns is long", async () => {
    start();
    await sleep(50);
    monitor.read();
    for (let turn = 0; turn < 8; turn += 1) {
      hold(60);
      await sleep(0);
    }
    expect(monitor.read().event_loop).toBeGreaterThan(20);
  });

  test("is a connection to the database for as long as the longest wait", () => {
    start(321);
    expect(monitor.read().database_pool).toBe(321);
  });
});
