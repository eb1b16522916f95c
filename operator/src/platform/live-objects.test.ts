import { expect, test } from "vitest";
import type { Clock } from "../engine/clock.ts";
import { Store } from "../engine/store.ts";
import { makeCompactChild } from "./compact-child.ts";
import { LiveObjects } from "./live-objects.ts";
import { child } from "./testing.ts";

function setUp() {
  let time = 0;
  const clock: Clock = { now: () => time, monotonic: () => time, schedule: () => () => undefined };
  const store = new Store({ platform: () => ["demo"] }, (error) => {
    throw error;
  });
  const live = new LiveObjects(new Map([["Service", store]]), clock, makeCompactChild());
  const get = () => live.get("Service", "data-layer", "a")?.metadata.resourceVersion;
  return { store, live, get, pass: (ms: number) => (time += ms) };
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

test("a kind that is not watched is a mistake in the program", () => {
  expect(() => setUp().live.get("CronJob", "a", "b")).toThrow("kind CronJob is not watched");
});
