import { FakeClock } from "@profile-platform/operator/engine/testing/fake-clock";
import { array, assert, boolean, constantFrom, property, record, subarray } from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import {
  delayEvents,
  dropEvents,
  duplicateEvents,
  type EventStage,
  type EventStageFactory,
  holdEvents,
  mergedEvents,
  mergeEvents,
  type WatchEvent,
  withholdBookmarks,
} from "./event-stage.ts";

let clock: FakeClock;
let sent: string[];

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
});

function event(text: string): WatchEvent {
  const [type = "", name = "", version = ""] = text.split(" ");
  return { type, object: { kind: "ConfigMap", metadata: { namespace: "a", name }, version } };
}

function text({ type, object: { metadata, version } }: WatchEvent): string {
  return `${type} ${metadata?.name} ${version as string}`.trim();
}

function make(factory: EventStageFactory): EventStage {
  return factory({ clock, emit: (one) => sent.push(text(one)) });
}

function take(stage: EventStage, ...events: readonly string[]): void {
  for (const one of events) stage.take(event(one));
}

describe("stages of a watch", () => {
  test("drop", () => {
    const dropped: string[] = [];
    const stage = make(
      dropEvents(
        ({ type }) => type === "DELETED",
        (one) => dropped.push(text(one)),
      ),
    );
    take(stage, "ADDED x 1", "DELETED x 2", "BOOKMARK", "ADDED x 3");
    expect(sent).toEqual(["ADDED x 1", "BOOKMARK", "ADDED x 3"]);
    expect(dropped).toEqual(["DELETED x 2"]);
  });

  test("withhold bookmarks, and nothing else", () => {
    take(make(withholdBookmarks), "ADDED x 1", "BOOKMARK", "MODIFIED x 2");
    expect(sent).toEqual(["ADDED x 1", "MODIFIED x 2"]);
  });

  test("duplicate", () => {
    take(make(duplicateEvents()), "ADDED x 1", "BOOKMARK");
    expect(sent).toEqual(["ADDED x 1", "ADDED x 1", "BOOKMARK"]);
  });

  test("delay, in order", async () => {
    const stage = make(delayEvents(100));
    take(stage, "ADDED x 1");
    await clock.advance(50);
    take(stage, "MODIFIED x 2");
    await clock.advance(50);
    expect(sent).toEqual(["ADDED x 1"]);
    await clock.advance(50);
    expect(sent).toEqual(["ADDED x 1", "MODIFIED x 2"]);
  });

  test("hold until the rule is gone", async () => {
    const stage = make(holdEvents);
    take(stage, "ADDED x 1", "DELETED x 2");
    await clock.advance(600_000);
    expect(sent).toEqual([]);
    stage.flush();
    expect(sent).toEqual(["ADDED x 1", "DELETED x 2"]);
  });

  test("merge what comes within the window", async () => {
    const stage = make(mergeEvents(100));
    take(stage, "MODIFIED x 1", "MODIFIED x 2");
    await clock.advance(100);
    take(stage, "MODIFIED x 3");
    expect(sent).toEqual(["MODIFIED x 2"]);
    stage.flush();
    expect(sent).toEqual(["MODIFIED x 2", "MODIFIED x 3"]);
    await clock.advance(100);
    expect(sent.length).toBe(2);
  });
});

describe("mergedEvents", () => {
  test.each([
    [["ADDED x 1", "MODIFIED x 2"], ["ADDED x 2"]],
    [["ADDED x 1", "DELETED x 2"], []],
    [["ADDED x 1", "DELETED x 2", "ADDED x 3"], ["ADDED x 3"]],
    [["DELETED x 1", "ADDED x 2"], ["MODIFIED x 2"]],
    [["MODIFIED x 1", "DELETED x 2"], ["DELETED x 2"]],
    [["DELETED x 1", "ADDED x 2", "DELETED x 3"], ["DELETED x 3"]],
    [
      ["MODIFIED x 1", "MODIFIED y 2", "MODIFIED x 3"],
      ["MODIFIED y 2", "MODIFIED x 3"],
    ],
    [
      ["BOOKMARK", "MODIFIED x 1", "BOOKMARK"],
      ["MODIFIED x 1", "BOOKMARK"],
    ],
  ])("%j become %j", (events, expected) => {
    expect(mergedEvents(events.map(event)).map(text)).toEqual(expected);
  });

  test("leaves a client with the same objects, whatever came", () => {
    const names = constantFrom("x", "y", "z");
    assert(
      property(array(record({ name: names, remove: boolean() })), subarray(["x", "y", "z"]), (steps, known) => {
        const before = new Map(known.map((name) => [name, "0"]));
        const events = possibleEvents(steps, new Set(known));
        expect(applied(before, mergedEvents(events))).toEqual(applied(before, events));
      }),
    );
  });
});

/** Turns wishes into a history that an API server could tell. */
function possibleEvents(
  steps: readonly { readonly name: string; readonly remove: boolean }[],
  existing: Set<string>,
): readonly WatchEvent[] {
  return steps.flatMap(({ name, remove }, index): readonly WatchEvent[] => {
    const exists = existing.has(name);
    if (remove && !exists) return [];
    if (remove) existing.delete(name);
    else existing.add(name);
    return [event(`${remove ? "DELETED" : exists ? "MODIFIED" : "ADDED"} ${name} ${index + 1}`)];
  });
}

function applied(before: ReadonlyMap<string, string>, events: readonly WatchEvent[]): Readonly<Record<string, string>> {
  const objects = new Map(before);
  for (const { type, object } of events) {
    const name = object.metadata?.name ?? "";
    if (type === "DELETED") objects.delete(name);
    else objects.set(name, object["version"] as string);
  }
  return Object.fromEntries([...objects].sort(([a], [b]) => (a < b ? -1 : 1)));
}
