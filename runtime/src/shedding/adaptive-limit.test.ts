import { describe, expect, test } from "vitest";
import { AdaptiveLimit } from "./adaptive-limit.ts";

const options = { target: 100, minimum: 16, maximum: 512 };

interface Phase {
  /** Milliseconds. */
  readonly length: number;
  /** Requests that arrive in a millisecond. */
  readonly offered: number;
  /** Requests that a server of a few connections carries out in a millisecond. */
  readonly capacity: number;
}

interface Outcome {
  /** Milliseconds, of each accepted request of the last phase, in order. */
  readonly latencies: readonly number[];
  /** Requests of the last phase that were answered, as a part of what could have been. */
  readonly used: number;
  readonly shed: number;
  /** After each look. */
  readonly limits: readonly number[];
}

/** Requests arrive whether the ones before were answered or not, and are carried out one after the other. */
function simulate(phases: readonly Phase[]): Outcome {
  const limit = new AdaptiveLimit(options);
  const limits: number[] = [];
  let latencies: number[] = [];
  let queue: number[] = [];
  let [arriving, working, peak, shed, now] = [0, 0, 0, 0, 0];
  let possible = 0;
  for (const { length, offered, capacity } of phases) {
    latencies = [];
    shed = 0;
    possible = Math.min(offered, capacity) * length;
    for (const end = now + length; now < end; now += 1) {
      for (arriving += offered; arriving >= 1; arriving -= 1) {
        if (queue.length >= limit.limit) shed += 1;
        else queue.push(now);
        peak = Math.max(peak, queue.length);
      }
      working = queue.length === 0 ? 0 : working + capacity;
      const done = Math.min(queue.length, Math.floor(working));
      working -= done;
      for (const arrivedAt of queue.slice(0, done)) latencies.push(now - arrivedAt + 1);
      queue = queue.slice(done);
      if (now % 100 === 99) {
        const [oldest] = queue;
        limit.look(oldest === undefined ? 0 : now - oldest, peak);
        limits.push(limit.limit);
        peak = queue.length;
      }
    }
  }
  latencies.sort((a, b) => a - b);
  return { latencies, used: latencies.length / possible, shed, limits };
}

const p99 = ({ latencies }: Outcome): number => latencies[Math.floor(latencies.length * 0.99)] ?? 0;

describe("a server with a queue", () => {
  test.each([0.2, 0.5, 0.9])("that is offered %f of what it can do refuses nothing", (share) => {
    const outcome = simulate([{ length: 20_000, offered: 0.8 * share, capacity: 0.8 }]);
    expect([outcome.shed, outcome.limits.at(-1)]).toEqual([0, options.maximum]);
  });

  test.each([1.5, 3, 10, 50])("that is offered %f times as much answers in time, and as much as it can", (times) => {
    const load = { offered: 0.8 * times, capacity: 0.8 };
    const outcome = simulate([
      { ...load, length: 2_000 },
      { ...load, length: 30_000 },
    ]);
    expect(p99(outcome)).toBeLessThan(250);
    expect(outcome.used).toBeGreaterThan(0.95);
  });

  test("that becomes five times slower is given as much less, and as much more when it is itself again", () => {
    const load = { offered: 2, length: 10_000 };
    const healthy = { ...load, capacity: 1 };
    const slow = { ...load, capacity: 0.2 };
    expect(p99(simulate([healthy, { ...slow, length: 3_000 }, slow]))).toBeLessThan(300);
    const again = simulate([healthy, slow, healthy]);
    expect(p99(again)).toBeLessThan(250);
    expect(again.used).toBeGreaterThan(0.95);
  });
});

describe("the limit", () => {
  test("does not heed a single long pause", () => {
    const limit = new AdaptiveLimit(options);
    for (const delay of [0, 2_000, 0, 0, 900, 0]) expect(limit.look(delay, 10)).toBe(false);
    expect([limit.limit, limit.isHighest]).toEqual([512, true]);
  });

  test("falls from what was in flight, not from what might have been, and then waits for the effect", () => {
    const limit = new AdaptiveLimit(options);
    expect([limit.look(500, 100), limit.look(500, 100), limit.limit]).toEqual([false, true, 70]);
    expect([limit.look(500, 70), limit.limit, limit.look(500, 70), limit.limit]).toEqual([false, 70, true, 49]);
    expect(limit.isHighest).toBe(false);
  });

  test("never falls below what is always let through, and never rises above what is ever", () => {
    const limit = new AdaptiveLimit(options);
    for (let look = 0; look < 100; look += 1) limit.look(5_000, 1);
    expect(limit.limit).toBe(16);
    for (let look = 0; look < 100; look += 1) limit.look(0, 512);
    expect(limit.limit).toBe(512);
  });

  test("rises only while it is used", () => {
    const limit = new AdaptiveLimit(options);
    for (let look = 0; look < 20; look += 1) limit.look(5_000, 1);
    for (let look = 0; look < 20; look += 1) limit.look(0, 10);
    expect(limit.limit).toBe(16);
    limit.look(0, 16);
    expect(limit.limit).toBe(17);
  });
});
