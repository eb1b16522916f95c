import { afterEach, describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { collectWhenIdle } from "./idle-collector.ts";

const MIB = 2 ** 20;

describe("collectWhenIdle", () => {
  const stop = new AbortController();
  afterEach(() => stop.abort());

  test("collects once there is nothing to do, and again only for garbage that is worth it", async () => {
    const clock = new FakeClock();
    const state = { heap: 60 * MIB, busy: 0.9, collections: 0 };
    const collect = () => {
      state.heap = 40 * MIB;
      state.collections += 1;
    };
    const options = { clock, heapSize: () => state.heap, busyShare: () => state.busy, collect };
    const running = collectWhenIdle(options, stop.signal);

    await clock.advance(10_000);
    expect(state.collections, "busy").toBe(0);
    state.busy = 0.05;
    await clock.advance(2_000);
    expect(state.collections, "idle").toBe(1);
    state.heap = 47 * MIB;
    await clock.advance(60_000);
    expect(state.collections, "a little garbage").toBe(1);
    state.heap = 48 * MIB;
    await clock.advance(2_000);
    expect(state.collections, "more garbage").toBe(2);
    state.heap = 80 * MIB;
    await clock.advance(28_000);
    expect(state.collections, "soon after").toBe(2);
    await clock.advance(2_000);
    expect(state.collections, "half a minute after").toBe(3);

    stop.abort();
    await running;
    expect(clock.pending).toEqual([]);
  });
});
