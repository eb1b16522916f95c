import { expect, test } from "vitest";
import { Store } from "../../engine/cache/store.ts";
import type { Clock } from "../../engine/kit/clock.ts";
import { LABEL_PLATFORM } from "../../labels.ts";
import { child } from "../testing.ts";
import { makeCompactChild } from "./compact-child.ts";
import { type AfterWrite, LiveObjects } from "./live-objects.ts";

function setUp() {
  let time = 0;
  const heard: (readonly [string | undefined, AfterWrite])[] = [];
  const clock: Clock = { now: () => time, monotonic: () => time, schedule: () => () => undefined };
  const store = new Store({ platform: ({ metadata }) => [metadata.labels?.[LABEL_PLATFORM] ?? ""] }, (error) => {
    throw error;
  });
  const live = new LiveObjects(new Map([["Service", store]]), clock, makeCompactChild());
  live.onChange(({ object }, afterWrite) => heard.push([object.metadata.resourceVersion, afterWrite]));
  const get = () => live.get("Service", "data-layer", "a")?.metadata.resourceVersion;
  return { store, live, get, heard, pass: (ms: number) => (time += ms) };
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

test("the first that is heard of what was written is an echo, or overtaken: it may equal what the cache had before", () => {
  const { store, live, heard } = setUp();
  store.set(version("1"));
  live.wrote(version("2"), version("1"));
  store.set(version("2"));
  store.set(version("3"));
  live.wrote(version("4"), version("3"));
  store.set(version("5"));
  expect(heard).toEqual([
    ["1", undefined],
    ["2", "echo"],
    ["3", undefined],
    ["5", "overtaken"],
  ]);
});

test("what was made a moment ago is among the objects of its platform before the cache has heard of it", () => {
  const { store, live } = setUp();
  const names = () => live.ofPlatform("Service", "demo").map(({ metadata }) => metadata.name);
  live.wrote(version("1"), undefined);
  expect(names()).toEqual(["a"]);
  expect(live.ofPlatform("Service", "another")).toEqual([]);
  store.set(version("1"));
  live.wrote(version("2"), version("1"));
  expect(names()).toEqual(["a"]);
});

test("a deletion is never taken for the echo of a write", () => {
  const { store, live, heard } = setUp();
  live.wrote(version("1"), undefined);
  store.set(version("1"));
  live.wrote(version("2"), version("1"));
  store.delete(version("3"));
  expect(heard.slice(1)).toEqual([["3", "overtaken"]]);
});

test("a kind that is not watched is a mistake in the program", () => {
  expect(() => setUp().live.get("CronJob", "a", "b")).toThrow("kind CronJob is not watched");
});
