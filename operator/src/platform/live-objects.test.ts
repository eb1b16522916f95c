import { expect, test } from "vitest";
import type { Clock } from "../engine/clock.ts";
import { Store } from "../engine/store.ts";
import { makeCompactChild } from "./compact-child.ts";
import { LiveObjects } from "./live-objects.ts";
import { child } from "./testing.ts";

function setUp() {
  let time = 0;
  const overtaken: (string | undefined)[] = [];
  const clock: Clock = { now: () => time, monotonic: () => time, schedule: () => () => undefined };
  const store = new Store({ platform: () => ["demo"] }, (error) => {
    throw error;
  });
  const live = new LiveObjects(new Map([["Service", store]]), clock, {
    compact: makeCompactChild(),
    onOvertaken: ({ metadata }) => overtaken.push(metadata.resourceVersion),
  });
  const get = () => live.get("Service", "data-layer", "a")?.metadata.resourceVersion;
  return { store, live, get, overtaken, pass: (ms: number) => (time += ms) };
}

const version = (resourceVersion: string) => child("Service", "a", { resourceVersion, uid: "1" });

test("what was written is seen until the cache has heard of it", () => {
  const { store, live, get } = setUp();
  store.set(version("1"));
  live.wrote(version("2"), version("1"));
  expect(get()).toBe("2");
  store.set(version("2"));
  expect(get()).toBe("2");
  store.set(version("3"));
  expect(get()).toBe("3");
});

test("a watch that is faster than the answer is believed", () => {
  const { store, live, get } = setUp();
  store.set(version("1"));
  store.set(version("3"));
  live.wrote(version("2"), version("1"));
  expect(get()).toBe("3");
});

test("an object that was made and deleted again is gone", () => {
  const { store, live, get } = setUp();
  live.wrote(version("1"), undefined);
  expect(get()).toBe("1");
  store.set(version("1"));
  store.delete(version("1"));
  expect(get()).toBeUndefined();
});

test("a second write on top of one that the cache has not heard of counts as well", () => {
  const { store, live, get } = setUp();
  store.set(version("1"));
  live.wrote(version("2"), version("1"));
  live.wrote(version("3"), version("2"));
  expect(get()).toBe("3");
});

test("when the cache never hears of a write, it is believed again after a while", () => {
  const { live, get, pass } = setUp();
  live.wrote(version("1"), undefined);
  pass(1_999);
  expect(get()).toBe("1");
  pass(1);
  expect(get()).toBeUndefined();
});

test("what the cache has not heard of is looked at again, whatever else wakes the platform meanwhile", () => {
  const { store, live, pass } = setUp();
  expect(live.lookAgainMs("demo")).toBeUndefined();
  live.wrote(version("1"), undefined);
  expect(live.lookAgainMs("demo")).toBe(2_500);
  expect(live.lookAgainMs("another")).toBeUndefined();
  pass(1_000);
  expect(live.lookAgainMs("demo")).toBe(1_500);
  store.set(version("1"));
  expect(live.lookAgainMs("demo")).toBeUndefined();
});

test("what was written and is not wanted any more is looked for once", () => {
  const { live, pass } = setUp();
  live.wrote(version("1"), undefined);
  pass(2_500);
  expect(live.lookAgainMs("demo")).toBeUndefined();
});

test("what was only looked at is not looked for", () => {
  const { live } = setUp();
  live.found(version("1"), undefined);
  expect(live.lookAgainMs("demo")).toBeUndefined();
});

test("a state that somebody brought back while nothing was heard is told, though the cache had the same before", () => {
  const { store, live, overtaken } = setUp();
  store.set(version("1"));
  live.wrote(version("2"), version("1"));
  store.set(version("3"));
  expect(overtaken).toEqual(["3"]);
});

test("the state that was written is not told", () => {
  const { store, live, overtaken } = setUp();
  store.set(version("1"));
  live.wrote(version("2"), version("1"));
  store.set(version("2"));
  store.set(version("3"));
  expect(overtaken).toEqual([]);
});

test("a kind that is not watched is a mistake in the program", () => {
  expect(() => setUp().live.get("CronJob", "a", "b")).toThrow("kind CronJob is not watched");
});
