import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sleep } from "../kit/clock.ts";
import { Metrics } from "../metrics/metrics.ts";
import { FakeClock, settle } from "../testing/fake-clock.ts";
import { recordingLog } from "../testing/recording-log.ts";
import { Controller, type Reconciler, RetryError } from "./controller.ts";
import { MOST_SLOW, SLOW_MS } from "./slow-places.ts";
import { WorkQueue } from "./work-queue.ts";

const WORKERS = 4;
const HANG_MS = 25_000;
const USUAL_MS = 10;

describe("a Controller whose reconciles hang", () => {
  let clock: FakeClock;
  let metrics: Metrics;
  let queue: WorkQueue;
  let stop: AbortController;
  /** Key → since when it is under way. */
  let running: Map<string, number>;
  let ended: string[];
  /** Keys that began while they were under way. */
  let twice: string[];

  beforeEach(() => {
    clock = new FakeClock();
    metrics = new Metrics();
    queue = new WorkQueue({ name: "thing", metrics, workers: WORKERS, clock, random: () => 0 });
    stop = new AbortController();
    running = new Map();
    ended = [];
    twice = [];
  });

  afterEach(() => expect(twice).toEqual([]));

  /** By default, keys that begin with `hang` take their time, and others do not. */
  function start(work: (key: string, signal: AbortSignal) => Promise<void> = hang): Promise<void> {
    const reconcile: Reconciler["reconcile"] = async (key, { signal }) => {
      if (running.has(key)) twice.push(key);
      running.set(key, clock.monotonic());
      try {
        await work(key, signal);
      } finally {
        running.delete(key);
        ended.push(key);
      }
      return {};
    };
    const { log } = recordingLog();
    const settings = { name: "thing", queue, maxConcurrentReconciles: WORKERS, metrics, log, clock };
    return new Controller({ ...settings, reconciler: { reconcile } }).run(stop.signal);
  }

  const hang = (key: string, signal: AbortSignal) => sleep(clock, key.startsWith("hang") ? HANG_MS : USUAL_MS, signal);

  /** What fails is tried again soon: hardly a moment passes without it. */
  function fail(): never {
    throw new RetryError("no answer", 100);
  }

  function add(name: string, count: number): void {
    for (let index = 0; index < count; index++) queue.add(`${name}-${index}`);
  }

  const fresh = () => [...running.values()].filter((since) => clock.monotonic() - since < SLOW_MS).length;

  async function figure(name: string): Promise<number> {
    const { text } = await metrics.scrape();
    const series = `controller_runtime_${name}{controller="thing"} `;
    const line = text.split("\n").find((one) => one.startsWith(series));
    return Number(line?.slice(series.length));
  }

  it("works another key in the place of each that has been under way for a second", async () => {
    void start();
    add("hang", WORKERS);
    queue.add("other");
    await clock.advance(SLOW_MS - 1);
    expect([...running.keys()]).toEqual(["hang-0", "hang-1", "hang-2", "hang-3"]);
    expect(await figure("active_workers")).toBe(4);
    await clock.advance(1);
    expect([...running.keys()]).toEqual(["hang-0", "hang-1", "hang-2", "hang-3", "other"]);
    expect(await figure("active_workers")).toBe(5);
    expect(await figure("max_concurrent_reconciles")).toBe(4);
  });

  it("never has more fresh ones than workers, nor when those that hung have ended", async () => {
    void start();
    add("hang", 3 * WORKERS);
    for (let seconds = 0; seconds < 3; seconds++) {
      await settle();
      expect(running.size).toBe((seconds + 1) * WORKERS);
      expect(fresh()).toBe(WORKERS);
      await clock.advance(SLOW_MS);
    }
    await clock.advance(HANG_MS);
    expect(running.size).toBe(0);
    add("other", 3 * WORKERS);
    await settle();
    expect(running.size).toBe(WORKERS);
  });

  it("has no more under way than its limit, and takes the next as soon as one of them ends", async () => {
    const gates = new Map<string, () => void>();
    void start((key) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gates.set(key, resolve);
      return promise;
    });
    const most = WORKERS + MOST_SLOW;
    add("hang", most + 4);
    await clock.advance(60_000);
    expect(running.size).toBe(most);
    // One with a place for slow ones, two that have to do without, and one that is not slow yet.
    for (const [nth, index] of [0, most - 1, most - 2, most].entries()) {
      expect([...running.keys()]).not.toContain(`hang-${most + nth}`);
      gates.get(`hang-${index}`)?.();
      await settle();
      expect(running.get(`hang-${most + nth}`)).toBe(clock.monotonic());
      expect(running.size).toBe(most);
    }
    for (const open of gates.values()) open();
    await settle();
    expect(await figure("active_workers")).toBe(0);
    expect(clock.pending).toEqual([]);
    add("other", 2 * WORKERS);
    await settle();
    expect(running.size).toBe(WORKERS);
  });

  it("works a slow key that is added again only when it is through with it", async () => {
    void start();
    queue.add("hang");
    await clock.advance(2 * SLOW_MS);
    queue.add("hang");
    await clock.advance(HANG_MS - 2 * SLOW_MS - 1);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual(["hang"]);
    expect([...running]).toEqual([["hang", HANG_MS]]);
  });

  it("waits for the slow ones too when it stops, and begins nothing in the place of those that become slow", async () => {
    const stopped = vi.fn<() => void>();
    const run = start().then(stopped);
    add("hang", 2 * WORKERS + 1);
    await clock.advance(1.5 * SLOW_MS);
    stop.abort();
    await clock.advance(HANG_MS - 0.5 * SLOW_MS - 1);
    expect(running.size).toBe(WORKERS);
    expect(stopped).not.toHaveBeenCalled();
    await clock.advance(1);
    await run;
    expect(ended).toHaveLength(2 * WORKERS);
    expect(clock.pending).toEqual([]);
  });

  it("aborts the slow ones too when it has waited 30 s", async () => {
    const reasons: unknown[] = [];
    const run = start(async (_, signal) => {
      await sleep(clock, 60_000, signal);
      reasons.push(signal.reason);
    });
    add("hang", 2 * WORKERS);
    await clock.advance(1.5 * SLOW_MS);
    stop.abort();
    await clock.advance(30_000);
    await run;
    await settle();
    expect(reasons).toEqual(Array.from({ length: 2 * WORKERS }, () => new Error("the controller stops")));
  });

  it("keeps half of its workers for what goes well, however many hang again and again", async () => {
    void start(async (key, signal) => {
      await hang(key, signal);
      if (key.startsWith("hang")) fail();
    });
    add("hang", 100);
    // After this each of them has failed.
    await clock.advance(10 * HANG_MS);
    for (let time = 0; time < 200; time++) {
      // All the places there are for slow ones are taken, and as many workers as may be.
      expect(running.size).toBe(MOST_SLOW + WORKERS / 2);
      queue.add("other-0");
      queue.add("other-1");
      await settle();
      expect([...running.keys()].slice(-2)).toEqual(["other-0", "other-1"]);
      await clock.advance(170);
    }
  });

  it("goes on with what fails at once, whatever hangs again and again", async () => {
    void start(async (key, signal) => {
      await hang(key, signal);
      fail();
    });
    add("hang", 10);
    queue.add("other");
    await clock.advance(2 * HANG_MS);
    ended = [];
    await clock.advance(HANG_MS);
    expect(ended.filter((key) => key === "other").length).toBeGreaterThan(100);
  });
});
