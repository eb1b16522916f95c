import * as fc from "fast-check";
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { eventOf } from "../../test/event-model.ts";
import type { EventView } from "./event.ts";
import { type Filters, filters, selectionOf, selects } from "./filter.ts";
import { EventHub, type Subscriber } from "./hub.ts";
import { type EventsMessage, eventsPerMessage } from "./messages.ts";
import { createEventMetrics } from "./metrics.ts";
import { cutBehind, positionAt } from "./position.ts";
import type { PlacedEvent } from "./record.ts";

function createHub() {
  const registry = new Registry();
  return { registry, hub: new EventHub({ metrics: createEventMetrics(registry), now: () => performance.now() }) };
}

class Receiver implements Subscriber {
  readonly messages: EventsMessage[] = [];
  readonly resyncs: unknown[] = [];
  congested = false;

  send(message: EventsMessage): void {
    this.messages.push(message);
  }

  resync(reason: string): void {
    this.resyncs.push(reason);
  }

  get ids(): readonly string[] {
    return this.messages.flatMap(({ bytes }) => {
      const { events } = JSON.parse(bytes.toString()) as { events: readonly EventView[] };
      return events.map(({ id, version }) => `${id} ${version}`);
    });
  }
}

const ids = Array.from({ length: 5 }, (_, index) => `00000000-0000-4000-8000-00000000000${index}`);
const kind = fc.constantFrom("profile" as const, "task" as const);
const someFilters: fc.Arbitrary<Filters> = fc.array(
  fc.record({ kind, ids: fc.option(fc.subarray(ids, { minLength: 1 }), { nil: undefined }) }),
  { minLength: 1, maxLength: 4 },
);
const someEvents = fc.array(fc.record({ kind, subjectId: fc.constantFrom(...ids) }), { maxLength: 250 });

function placed(events: readonly { readonly kind: "profile" | "task"; readonly subjectId: string }[]): PlacedEvent[] {
  const stretch = { history: "x", from: cutBehind(0n, []), to: cutBehind(1_000n, []) };
  return events.map(({ kind, subjectId }, index) => {
    const type = kind === "profile" ? "profile.updated" : "task.running";
    const event = eventOf(index + 1, { kind, subjectId, type, version: index + 1 });
    return { event, position: positionAt(stretch, event.id, index === events.length - 1) };
  });
}

describe("the hub", () => {
  test("gives everybody what they want, all of it, in order, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(someFilters, { maxLength: 8 }), someEvents, (wanted, given) => {
        const { hub } = createHub();
        const receivers = wanted.map((filters) => ({ receiver: new Receiver(), filters }));
        for (const { receiver, filters } of receivers) hub.add(receiver, selectionOf(filters));
        const events = placed(given);
        hub.deliver(events, performance.now());
        for (const { receiver, filters } of receivers) {
          const right = events.filter(({ event }) =>
            filters.some(({ kind, ids }) => kind === event.kind && (ids?.includes(event.subjectId) ?? true)),
          );
          expect(receiver.ids).toEqual(right.map(({ event }) => `${event.subjectId} ${event.version}`));
          expect(right.every(({ event }) => selects(selectionOf(filters), event))).toBe(true);
          expect(receiver.messages.at(-1)?.position).toEqual(right.at(-1)?.position);
        }
        for (const { receiver } of receivers) hub.remove(receiver);
        expect(hub.size).toBe(0);
        hub.deliver(events, performance.now());
        expect(receivers.every(({ receiver }) => receiver.ids.length <= events.length)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("makes the bytes once for all who want the same kinds, and counts each who gets them", async () => {
    const { hub, registry } = createHub();
    const all = Array.from({ length: 3 }, () => new Receiver());
    for (const receiver of all) hub.add(receiver, selectionOf([{ kind: "profile" }, { kind: "task" }]));
    hub.deliver(placed(Array.from({ length: eventsPerMessage + 1 }, () => ({ kind: "profile", subjectId: "a" }))), 0);
    const [first, ...others] = all.map(({ messages }) => messages.map(({ bytes }) => bytes));
    expect(first).toHaveLength(2);
    for (const other of others) other.forEach((bytes, index) => expect(bytes).toBe(first?.[index]));
    const count = 3 * (eventsPerMessage + 1);
    expect(await registry.metrics()).toContain(`events_delivered_total{type="profile.updated"} ${count}`);
    expect(await registry.metrics()).toContain(`event_delivery_lag_seconds_count ${eventsPerMessage + 1}`);
  });

  test("goes on when somebody leaves in the middle", () => {
    const { hub } = createHub();
    const [one, two, three] = [new Receiver(), new Receiver(), new Receiver()];
    const wanted = selectionOf([{ kind: "profile" }]);
    two.send = () => [one, two].forEach((leaving) => hub.remove(leaving));
    for (const receiver of [one, two, three]) hub.add(receiver, wanted);
    const events = placed([{ kind: "profile", subjectId: "a" }]);
    hub.deliver(events, 0);
    hub.deliver(events, 0);
    expect([one.ids.length, three.ids.length, hub.size]).toEqual([1, 2, 1]);
  });

  test("waits for those who have not taken what they were sent, but not for long", async () => {
    const { hub } = createHub();
    const receiver = new Receiver();
    hub.add(receiver, selectionOf([{ kind: "task" }]));
    await hub.settled();
    receiver.congested = true;
    const before = performance.now();
    await hub.settled();
    expect(performance.now() - before).toBeGreaterThanOrEqual(245);
  });
});

describe("filters", () => {
  const problems = (value: unknown) => filters.safeParse(value).error?.issues.map(({ message }) => message);

  test.each([
    [[], "must have a filter; leave it out for all events"],
    [[{ kind: "image" }], "must be one of profile, task"],
    [[{ kind: "task", ids: [] }], "must name an id; leave it out for all of the kind"],
    [[{ kind: "task", ids: ["7"] }], "must be a UUID"],
    [
      Array.from({ length: 2 }, () => ({ kind: "task", ids: Array.from({ length: 51 }, () => crypto.randomUUID()) })),
      "must have 100 ids at most, all filters together",
    ],
    [Array.from({ length: 21 }, () => ({ kind: "task" })), "must have 20 filters at most"],
  ])("%j are none", (value, message) => {
    expect(problems(value)).toEqual([message]);
  });

  test("take ids whatever the case of their letters", () => {
    const id = crypto.randomUUID();
    const wanted = filters.parse([{ kind: "task", ids: [id.toUpperCase()] }]);
    expect(selects(selectionOf(wanted), { kind: "task", subjectId: id })).toBe(true);
    expect(selects(selectionOf(wanted), { kind: "profile", subjectId: id })).toBe(false);
  });
});
