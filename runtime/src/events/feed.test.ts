import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { behind, EventModel, eventOf } from "../../test/event-model.ts";
import { until } from "../../test/instance.ts";
import { StoppedError, UnavailableError } from "../kit/errors.ts";
import { createLogger } from "../kit/log.ts";
import { EventFeed } from "./feed.ts";
import { createEventMetrics } from "./metrics.ts";
import type { Position } from "./position.ts";
import type { PlacedEvent } from "./record.ts";

/** What a feed tells. */
class Told {
  size = 1;
  readonly ids: number[] = [];
  readonly resyncs: { reason: string; position: Position }[] = [];

  deliver(events: readonly PlacedEvent[]): void {
    this.ids.push(...events.map(({ event }) => Number(event.id)));
  }

  resync(reason: string, position: Position): void {
    this.resyncs.push({ reason, position });
  }

  async settled(): Promise<void> {}
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

let record: EventModel;
let told: Told;
let registry: Registry;
let feed: EventFeed;

beforeEach(() => {
  record = new EventModel();
  told = new Told();
  registry = new Registry();
  feed = new EventFeed({
    record,
    hub: told,
    metrics: createEventMetrics(registry),
    log: createLogger("test", "silent"),
    now: () => performance.now(),
    random: () => 0,
    interval: 5,
  });
});
afterEach(() => feed.stop());

const away = () => new UnavailableError("postgresql", "away");

describe("the feed", () => {
  test("tells what happens from its start on, each once", async () => {
    record.add(...numbers(1, 10).map((id) => eventOf(id)));
    feed.start();
    expect(await feed.fresh()).toEqual(behind(10));
    record.add(eventOf(11), eventOf(12));
    expect(await feed.fresh()).toEqual(behind(12));
    record.add(eventOf(13));
    await until("the event", async () => told.ids.length === 3);
    expect(told.ids).toEqual([11, 12, 13]);
    expect(feed.isAt(behind(13))).toBe(true);
    expect(feed.isAt({ ...behind(13), within: { to: behind(13).cut, after: 1n } })).toBe(false);
    expect(feed.isAt(behind(13, "other"))).toBe(false);
  });

  test("asks for nothing while nobody is there, and begins with the present when somebody comes", async () => {
    told.size = 0;
    feed.start();
    await feed.fresh();
    const { looks } = record;
    record.add(...numbers(1, 5).map((id) => eventOf(id)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(record.looks).toBe(looks);
    expect(feed.progress).toBeUndefined();
    expect(await feed.fresh()).toEqual(behind(5));
    expect(told.ids).toEqual([]);
  });

  test("goes on after failures, also in the middle of much, and repeats nothing", async () => {
    feed.start();
    await feed.fresh();
    record.failures = [away(), away()];
    record.pageSize = 3;
    record.add(...numbers(1, 10).map((id) => eventOf(id)));
    await until("the events", async () => told.ids.length === 10);
    // Before the look, before its end, and before the second of four pages.
    record.failures = [];
    let pages = 0;
    told.deliver = (events) => {
      Told.prototype.deliver.call(told, events);
      pages += 1;
      if (pages === 2) record.failures = [away()];
    };
    record.add(...numbers(11, 22).map((id) => eventOf(id)));
    await until("the events", async () => told.ids.length === 22);
    expect(told.ids).toEqual(numbers(1, 22));
    expect(await registry.metrics()).toMatch(/^event_reader_failures_total [1-9]/m);
    expect(told.resyncs).toEqual([]);
  });

  test("whoever waits for it while the record is away, waits on", async () => {
    record.failures = [away(), away()];
    feed.start();
    expect(await feed.fresh()).toEqual(behind(-1));
  });

  test.each([
    ["cursor-too-old", () => void (record.removed = 99)],
    ["history-changed", () => void (record.history = "another")],
  ])("tells everybody to read anew: %s", async (reason, happen) => {
    feed.start();
    await feed.fresh();
    record.add(eventOf(1));
    await until("the event", async () => told.ids.length === 1);
    record.add(eventOf(150));
    happen();
    await until("the word", async () => told.resyncs.length > 0);
    expect(told.resyncs[0]).toEqual({ reason, position: behind(150, record.history) });
    record.add(eventOf(151));
    await until("the next event", async () => told.ids.includes(151));
    expect(told.resyncs).toHaveLength(1);
  });

  test("refuses those who wait when it stops", async () => {
    const waiting = feed.fresh().catch((err: unknown) => err);
    await feed.stop();
    expect(await waiting).toEqual(new StoppedError("the feed of events has stopped"));
    await expect(feed.fresh()).rejects.toThrow("the feed of events has stopped");
  });
});
