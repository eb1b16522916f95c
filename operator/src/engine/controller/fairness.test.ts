import { beforeEach, describe, expect, it } from "vitest";
import { sleep } from "../kit/clock.ts";
import { Metrics } from "../metrics/metrics.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { recordingLog } from "../testing/recording-log.ts";
import { Controller, type Reconciler } from "./controller.ts";
import { LOW_PRIORITY, WorkQueue } from "./work-queue.ts";

const WORKERS = 4;
const USUAL_MS = 10;
const NEVER = new AbortController().signal;

const key = (index: number) => `platform-${index}`;
const KEYS = Array.from({ length: 1000 }, (_, index) => key(index));

describe("a queue of 1,000 keys", () => {
  let clock: FakeClock;
  let queue: WorkQueue;
  let ends: { readonly key: string; readonly at: number }[];

  beforeEach(() => {
    clock = new FakeClock();
    queue = new WorkQueue({ name: "things", metrics: new Metrics(), workers: WORKERS, clock, random: () => 0 });
    ends = [];
  });

  const usual: Reconciler["reconcile"] = async () => {
    await sleep(clock, USUAL_MS, NEVER);
    return {};
  };

  function start(reconcile: Reconciler["reconcile"]): void {
    const controller = new Controller({
      name: "things",
      reconciler: {
        reconcile: async (name, context) => {
          const outcome = await reconcile(name, context);
          ends.push({ key: name, at: clock.monotonic() });
          return outcome;
        },
      },
      queue,
      maxConcurrentReconciles: WORKERS,
      metrics: new Metrics(),
      log: recordingLog().log,
      clock,
    });
    void controller.run(NEVER);
  }

  const worked = () => ends.map((end) => end.key);

  it("works each once before any of them twice, although one is added again and again", async () => {
    start(async (name, context) => {
      if (name === key(0)) queue.add(name);
      return usual(name, context);
    });
    for (const name of KEYS) queue.add(name);
    await clock.advance((KEYS.length / WORKERS) * USUAL_MS);
    expect(new Set(worked()).size).toBe(KEYS.length);
    expect(worked().filter((name) => name === key(0))).toHaveLength(1);
  });

  it("gives a change the next free worker, while the initial list is long", async () => {
    start(usual);
    for (const name of KEYS) queue.add(name, { priority: LOW_PRIORITY });
    await clock.advance(100);
    queue.add(key(999));
    const changed = clock.monotonic();
    await clock.advance(2 * USUAL_MS);
    expect(ends.find((end) => end.key === key(999))?.at).toBeLessThanOrEqual(changed + 2 * USUAL_MS);
  });

  it("gets through the initial list although changes never end", async () => {
    start(async (name, context) => {
      const outcome = await usual(name, context);
      if (name.startsWith("busy")) queue.add(name);
      return outcome;
    });
    for (const name of KEYS.slice(0, 100)) queue.add(name, { priority: LOW_PRIORITY });
    for (let index = 0; index < 2 * WORKERS; index++) queue.add(`busy-${index}`);
    // One key in eight is of the list.
    await clock.advance((100 * 8 * USUAL_MS) / WORKERS + USUAL_MS);
    expect(worked()).toEqual(expect.arrayContaining(KEYS.slice(0, 100)));
  });

  it("keeps half of the workers for what goes well, however many fail, and however slowly", async () => {
    const failing = new Set(KEYS.slice(0, 100));
    const slowMs = 30_000;
    start(async (name, context) => {
      if (!failing.has(name)) return usual(name, context);
      await sleep(clock, slowMs, NEVER);
      throw new Error("no answer within 30 s");
    });
    // That they fail is known after the first time; some have their second time in between.
    for (const name of failing) queue.add(name);
    await clock.advance(3 * (failing.size / WORKERS) * slowMs);
    ends = [];
    for (let index = 100; index < 110; index++) {
      queue.add(key(index));
      const added = clock.monotonic();
      await clock.advance(3 * USUAL_MS);
      expect(ends.at(-1)?.key).toBe(key(index));
      expect((ends.at(-1)?.at ?? Number.POSITIVE_INFINITY) - added).toBeLessThanOrEqual(2 * USUAL_MS);
      await clock.advance(10_000);
    }
  });

  it("goes on with what fails while there is much to do", async () => {
    let tries = 0;
    start(async (name, context) => {
      const outcome = await usual(name, context);
      queue.add(name);
      if (name !== key(0)) return outcome;
      tries += 1;
      throw new Error("not yet");
    });
    for (const name of KEYS.slice(0, 50)) queue.add(name);
    await clock.advance(10_000);
    expect(tries).toBeGreaterThan(50);
  });
});
