import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Problem } from "../kit/http/problem.ts";
import { WorkQueue } from "./work-queue.ts";

const forever = new AbortController().signal;

describe("a work queue", () => {
  test("does so many pieces at once, in order, and refuses what would wait for long", async () => {
    const queue = new WorkQueue({ concurrency: 2, longest: 1 });
    const gates = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    const begun: number[] = [];
    const pieces = gates.map(({ promise }, index) =>
      queue.run(async () => {
        begun.push(index);
        await promise;
        return index;
      }, forever),
    );
    expect([begun, queue.length]).toEqual([[0, 1], 1]);
    const refused = await queue.run(async () => "never", forever).catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(Problem);
    expect((refused as Problem).headers).toEqual({ "Retry-After": "5" });
    gates[1]?.resolve();
    expect(await pieces[1]).toBe(1);
    await turn();
    expect([begun, queue.length]).toEqual([[0, 1, 2], 0]);
    gates[0]?.resolve();
    gates[2]?.resolve();
    expect(await Promise.all(pieces)).toEqual([0, 1, 2]);
  });

  test("leaves out who went away while waiting, and goes on after a failure", async () => {
    const queue = new WorkQueue({ concurrency: 1, longest: 5 });
    const gate = Promise.withResolvers<void>();
    const first = queue.run(() => gate.promise, forever);
    const leaving = new AbortController();
    const gone = queue.run(async () => "never", leaving.signal);
    const failing = queue.run(async () => Promise.reject(new Error("broken")), forever);
    const last = queue.run(async () => "done", forever);
    expect(queue.length).toBe(3);
    leaving.abort(new Error("gone"));
    await expect(gone).rejects.toThrow("gone");
    gate.resolve();
    await first;
    await expect(failing).rejects.toThrow("broken");
    expect(await last).toBe("done");
    await expect(queue.run(async () => "never", leaving.signal)).rejects.toThrow("gone");
    expect(await queue.run(async () => "again", forever)).toBe("again");
  });

  test("never does more at once than it may, and loses no place", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ fails: fc.boolean(), leaves: fc.boolean() }), { maxLength: 30 }),
        async (concurrency, pieces) => {
          const queue = new WorkQueue({ concurrency, longest: 100 });
          let running = 0;
          let most = 0;
          const work = async (fails: boolean): Promise<void> => {
            running += 1;
            most = Math.max(most, running);
            await turn();
            running -= 1;
            if (fails) throw new Error("broken");
          };
          await Promise.allSettled(
            pieces.map(({ fails, leaves }) => {
              const leaving = new AbortController();
              const result = queue.run(() => work(fails), leaving.signal);
              if (leaves) leaving.abort(new Error("gone"));
              return result;
            }),
          );
          expect(most).toBeLessThanOrEqual(concurrency);
          expect([running, queue.length]).toEqual([0, 0]);
          const all = Array.from({ length: concurrency }, () => queue.run(() => work(false), forever));
          expect(running).toBe(concurrency);
          await Promise.all(all);
        },
      ),
      { numRuns: 50 },
    );
  });
});
