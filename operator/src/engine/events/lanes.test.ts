import { beforeEach, describe, expect, test } from "vitest";
import { FakeClock, settle } from "../testing/fake-clock.ts";
import { Lanes } from "./lanes.ts";

const PAUSE_MS = 100;

describe("Lanes", () => {
  let clock: FakeClock;
  /** Item and attempt of each try, in the order in which they began. */
  let tries: string[];
  let aborted: string[];
  let ends: Map<string, (pauseMs?: number) => void>;
  let lanes: Lanes<string>;

  beforeEach(() => {
    clock = new FakeClock();
    tries = [];
    aborted = [];
    ends = new Map();
    lanes = new Lanes({
      places: 4,
      placesAgain: 2,
      clock,
      work: (item, attempt, signal) => {
        const { promise, resolve } = Promise.withResolvers<number | undefined>();
        tries.push(`${item}/${attempt}`);
        ends.set(item, resolve);
        signal.addEventListener("abort", () => {
          aborted.push(item);
          resolve(undefined);
        });
        return promise;
      },
    });
  });

  async function add(...items: readonly string[]): Promise<void> {
    // The key of an item is its first letter.
    for (const item of items) lanes.add(item.slice(0, 1), item);
    await settle();
  }

  async function end(item: string, pauseMs?: number): Promise<void> {
    ends.get(item)?.(pauseMs);
    await settle();
  }

  /** What was tried since the last look. */
  function news(): readonly string[] {
    return tries.splice(0);
  }

  test("works the items of a key one after the other, and those of other keys beside them", async () => {
    await add("a1", "a2", "b1");
    expect(news()).toEqual(["a1/1", "b1/1"]);
    await end("b1");
    expect(news()).toEqual([]);
    await end("a1");
    expect(news()).toEqual(["a2/1"]);
  });

  test("has so many places, which keys get in turn", async () => {
    await add("a1", "a2", "b1", "c1", "d1", "e1");
    expect(news()).toEqual(["a1/1", "b1/1", "c1/1", "d1/1"]);
    await end("a1");
    expect(news()).toEqual(["e1/1"]);
    await end("b1");
    expect(news()).toEqual(["a2/1"]);
  });

  test("gives the place away during a pause, while the next items of the key wait", async () => {
    await add("a1", "a2", "b1", "c1", "d1", "e1");
    news();
    await end("a1", PAUSE_MS);
    expect(news()).toEqual(["e1/1"]);
    await end("e1");
    expect(news()).toEqual([]);
    await clock.advance(PAUSE_MS);
    expect(news()).toEqual(["a1/2"]);
    await end("a1");
    expect(news()).toEqual(["a2/1"]);
  });

  test("keeps places for others than those that try again", async () => {
    await add("a1", "b1", "c1", "d1");
    for (const item of ["a1", "b1", "c1", "d1"]) await end(item, PAUSE_MS);
    news();
    await clock.advance(PAUSE_MS);
    expect(news()).toEqual(["a1/2", "b1/2"]);
    await add("e1", "f1");
    expect(news()).toEqual(["e1/1", "f1/1"]);
    await end("b1");
    expect(news()).toEqual(["c1/2"]);
  });

  test("counts a key as one that tries again until an item is done at its first try", async () => {
    await add("a1", "b1", "c1", "a2", "b2", "c2", "c3");
    for (const item of ["a1", "b1", "c1"]) await end(item, PAUSE_MS);
    await clock.advance(PAUSE_MS);
    await end("a1");
    await end("b1");
    await end("c1");
    expect(news().slice(3)).toEqual(["a1/2", "b1/2", "c1/2", "a2/1", "b2/1"]);
    await end("a2");
    expect(news()).toEqual(["c2/1"]);
    await end("c2");
    expect(news()).toEqual(["c3/1"]);
  });

  test("has an item once until it is tried, and again when it is added meanwhile", async () => {
    await add("a1", "a1");
    expect(lanes.size).toBe(1);
    await add("a1", "a1");
    expect(lanes.size).toBe(2);
    await end("a1");
    await end("a1");
    expect(news()).toEqual(["a1/1", "a1/1"]);
    expect(lanes.size).toBe(0);
  });

  test("is drained when every item is done", async () => {
    await lanes.drained();
    await add("a1", "a2");
    const told: string[] = [];
    void lanes.drained().then(() => told.push("drained"));
    await end("a1");
    expect(told).toEqual([]);
    await end("a2");
    expect(told).toEqual(["drained"]);
    // A key whose lane has ended begins another.
    await add("a3");
    expect(news()).toEqual(["a1/1", "a2/1", "a3/1"]);
  });

  test("aborts what is under way when it is closed, and begins nothing more", async () => {
    await add("a1", "a2", "b1", "c1", "d1", "e1");
    await end("b1", PAUSE_MS);
    news();
    const drained = lanes.drained();
    expect(lanes.close()).toBe(6);
    await drained;
    expect(lanes.size).toBe(0);
    await add("a3", "f1");
    await clock.advance(PAUSE_MS);
    expect(news()).toEqual([]);
    expect(aborted).toEqual(expect.arrayContaining(["a1", "c1", "d1", "e1"]));
    expect(clock.pending).toEqual([]);
  });
});
