import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Metrics } from "../metrics/metrics.ts";
import { FakeClock, settle } from "../testing/fake-clock.ts";
import { LOW_PRIORITY, WorkQueue } from "./work-queue.ts";

describe("WorkQueue", () => {
  const never = new AbortController().signal;
  let clock: FakeClock;
  let metrics: Metrics;
  let queue: WorkQueue;

  beforeEach(() => {
    clock = new FakeClock();
    metrics = new Metrics();
    queue = new WorkQueue({ name: "q", metrics, clock, random: () => 0 });
  });

  async function takeAll(): Promise<readonly (string | undefined)[]> {
    return Promise.all(Array.from({ length: queue.depth }, () => queue.next(never)));
  }

  it("merges adds of the same key", async () => {
    queue.add("a");
    queue.add("b");
    queue.add("a");
    expect(await takeAll()).toEqual(["a", "b"]);
  });

  it("gives what changed before what is only looked at", async () => {
    queue.add("old", { priority: LOW_PRIORITY });
    queue.add("risen", { priority: LOW_PRIORITY });
    queue.add("changed");
    queue.add("risen");
    expect(await takeAll()).toEqual(["changed", "risen", "old"]);
  });

  it("gives a key that is added while it is worked only when that is done", async () => {
    queue.add("a");
    await queue.next(never);
    queue.add("a");
    expect(queue.depth).toBe(0);
    queue.done("a");
    expect(await takeAll()).toEqual(["a"]);
    queue.done("a");
    expect(queue.depth).toBe(0);
  });

  it("keeps the priority of an add that had to wait for the worker", async () => {
    queue.add("a");
    await queue.next(never);
    queue.add("b");
    queue.add("a", { priority: 5 });
    queue.done("a");
    expect(await takeAll()).toEqual(["a", "b"]);
  });

  it("hands a key to a worker that waits", async () => {
    const waiting = [queue.next(never), queue.next(never)];
    queue.add("a");
    queue.add("b");
    expect(await Promise.all(waiting)).toEqual(["a", "b"]);
  });

  it("adds later, at the earliest time asked for", async () => {
    queue.addAfter("a", 1000);
    queue.addAfter("a", 5000);
    queue.addAfter("b", 5000);
    queue.addAfter("b", 1000);
    await clock.advance(999);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await takeAll()).toEqual(["a", "b"]);
    expect(clock.pending).toEqual([]);
  });

  it("forgets a later time when the key is wanted now", async () => {
    queue.addAfter("a", 1000);
    queue.add("a");
    expect(clock.pending).toEqual([]);
    expect(await takeAll()).toEqual(["a"]);
  });

  it("doubles the delay of a key with each failure, and starts anew after forget", async () => {
    const delays: number[] = [];
    for (const failure of [1, 2, 3, 4, 5]) {
      if (failure === 4) {
        queue.forget("a");
      }
      queue.addRateLimited("a");
      delays.push(...clock.pending);
      await clock.advance(1000);
      await queue.next(never);
      queue.done("a");
    }
    expect(delays).toEqual([5, 10, 20, 5, 10]);
  });

  it("gives half of its workers a key that failed, and those that take the place of one whose key is set aside", async () => {
    const four = new WorkQueue({ name: "four", metrics, workers: 4, clock, random: () => 0 });
    const failed = ["a", "b", "c", "d"];
    for (const key of failed) four.addRateLimited(key);
    await clock.advance(5);
    expect([await four.next(never), await four.next(never)]).toEqual(["a", "b"]);
    four.add("well");
    expect(await four.next(never)).toBe("well");
    const third = four.next(never);
    await settle();
    expect(four.depth).toBe(2);
    four.setAside("a");
    expect(await four.next(never)).toBe("c");
    four.add("better");
    expect(await third).toBe("better");
  });

  it("gives waiting workers nothing on shutdown, on abort, and afterwards", async () => {
    const abort = new AbortController();
    const aborted = queue.next(abort.signal);
    abort.abort();
    expect(await aborted).toBeUndefined();
    const waiting = queue.next(never);
    queue.addAfter("a", 10);
    queue.shutDown();
    queue.add("b");
    expect(await waiting).toBeUndefined();
    expect(await queue.next(never)).toBeUndefined();
    expect(clock.pending).toEqual([]);
  });

  it("reports depth, adds, retries, waiting and working times", async () => {
    queue.add("a");
    queue.add("b");
    await clock.advance(2000);
    await queue.next(never);
    await clock.advance(3000);
    queue.addRateLimited("c");
    const { text } = await metrics.scrape();
    const labels = '{name="q",controller="q"}';
    expect(text).toContain('workqueue_depth{name="q",controller="q",priority="0"} 1');
    expect(text).toContain('workqueue_depth{name="q",controller="q",priority="-100"} 0');
    expect(text).toContain(`workqueue_adds_total${labels} 2`);
    expect(text).toContain(`workqueue_retries_total${labels} 1`);
    expect(text).toContain(`workqueue_queue_duration_seconds_sum${labels} 2`);
    expect(text).toContain(`workqueue_unfinished_work_seconds${labels} 3`);
    expect(text).toContain(`workqueue_longest_running_processor_seconds${labels} 3`);
  });

  it("never gives one key to two workers, and loses none, whatever happens in whatever order", async () => {
    const key = fc.constantFrom("a", "b", "c");
    const step = fc.oneof(
      fc.record({ do: fc.constant("add" as const), key, priority: fc.constantFrom(-100, 0, 10) }),
      fc.record({ do: fc.constant("later" as const), key, ms: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ do: fc.constant("fail" as const), key }),
      fc.record({ do: fc.constant("take" as const) }),
      fc.record({ do: fc.constant("aside" as const), key }),
      fc.record({ do: fc.constant("done" as const), key }),
      fc.record({ do: fc.constant("pass" as const), ms: fc.nat(60) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const fake = new FakeClock();
        const tested = new WorkQueue({ name: "q", metrics: new Metrics(), workers: 6, clock: fake, random: () => 0 });
        const held = new Set<string>();
        const wanted = new Set<string>();
        const take = async (): Promise<void> => {
          const taken = await tested.next(never);
          expect(held).not.toContain(taken);
          held.add(taken ?? "");
          wanted.delete(taken ?? "");
        };
        for (const each of steps) {
          if (each.do === "take") {
            await (tested.depth > 0 ? take() : settle());
          } else if (each.do === "pass") {
            await fake.advance(each.ms);
          } else if (each.do === "aside") {
            tested.setAside(each.key);
          } else if (each.do === "done") {
            tested.done(each.key);
            held.delete(each.key);
          } else {
            wanted.add(each.key);
            const { key: name } = each;
            if (each.do === "add") {
              tested.add(name, { priority: each.priority });
            } else if (each.do === "later") {
              tested.addAfter(name, each.ms);
            } else {
              tested.addRateLimited(name);
            }
          }
        }
        for (const name of held) {
          tested.done(name);
        }
        held.clear();
        await fake.advance(2_000_000);
        while (tested.depth > 0) {
          await take();
        }
        expect([...wanted]).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
