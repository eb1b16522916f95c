import { setImmediate as settle } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { forMilliseconds, Permits, untilAborted } from "./permits.ts";

const patient = untilAborted(new AbortController().signal);

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

test("so many run at once, and the others after them in their order", async () => {
  const permits = new Permits({ count: 2 });
  const operations = [operation(), operation(), operation(), operation()] as const;
  const running = operations.map(({ run }) => permits.hold(run, patient));
  const begun = (): readonly boolean[] => operations.map(({ state }) => state.begun);
  await settle();
  expect([begun(), permits.waiting]).toEqual([[true, true, false, false], 2]);
  operations[1].end();
  await settle();
  expect([begun(), permits.waiting]).toEqual([[true, true, true, false], 1]);
  operations[0].end();
  await settle();
  expect([begun(), permits.waiting]).toEqual([[true, true, true, true], 0]);
  operations[2].end();
  operations[3].end();
  await Promise.all(running);
});

test("one whose turn does not come in time is refused, and takes no place", async () => {
  const permits = new Permits({ count: 1 });
  const first = operation();
  const running = permits.hold(first.run, patient);
  const late = operation();
  const patience = forMilliseconds(10, () => new Error("too late"));
  await expect(permits.hold(late.run, patience)).rejects.toThrow("too late");
  first.end();
  await running;
  expect(late.state.begun).toBe(false);
  expect(await permits.hold(async () => "next", patient)).toBe("next");
});

test("one that goes away while it waits, or has gone before, is left out", async () => {
  const permits = new Permits({ count: 1 });
  const first = operation();
  const running = permits.hold(first.run, patient);
  const leaving = new AbortController();
  const gone = permits.hold(async () => "never", untilAborted(leaving.signal));
  const last = permits.hold(async () => "done", patient);
  expect(permits.waiting).toBe(2);
  leaving.abort(new Error("gone"));
  await expect(gone).rejects.toThrow("gone");
  await expect(permits.hold(async () => "never", untilAborted(leaving.signal))).rejects.toThrow("gone");
  expect(permits.waiting).toBe(1);
  first.end();
  await running;
  expect(await last).toBe("done");
});

test("one more than may wait is refused at once", async () => {
  const permits = new Permits({ count: 1, queue: { longest: 1, full: () => new Error("full") } });
  const first = operation();
  const running = [permits.hold(first.run, patient), permits.hold(async () => undefined, patient)];
  await expect(permits.hold(async () => "never", patient)).rejects.toThrow("full");
  first.end();
  await Promise.all(running);
  expect(await permits.hold(async () => "next", patient)).toBe("next");
});

test("an operation that fails gives its place back", async () => {
  const permits = new Permits({ count: 1 });
  await expect(permits.hold(() => Promise.reject(new Error("no")), patient)).rejects.toThrow("no");
  expect(await permits.hold(async () => "next", patient)).toBe("next");
});

test("never more run at once than may, and no place is lost, whoever fails or leaves", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ fails: fc.boolean(), leaves: fc.boolean() }), { maxLength: 30 }),
      async (count, pieces) => {
        const permits = new Permits({ count });
        let running = 0;
        let most = 0;
        const work = async (fails: boolean): Promise<void> => {
          running += 1;
          most = Math.max(most, running);
          await settle();
          running -= 1;
          if (fails) throw new Error("broken");
        };
        await Promise.allSettled(
          pieces.map(({ fails, leaves }) => {
            const leaving = new AbortController();
            const result = permits.hold(() => work(fails), untilAborted(leaving.signal));
            if (leaves) leaving.abort(new Error("gone"));
            return result;
          }),
        );
        expect(most).toBeLessThanOrEqual(count);
        expect([running, permits.waiting]).toEqual([0, 0]);
        const all = Array.from({ length: count }, () => permits.hold(() => work(false), patient));
        expect(running).toBe(count);
        await Promise.all(all);
      },
    ),
    { numRuns: 50 },
  );
});
