import { setTimeout as sleep } from "node:timers/promises";
import type { Kind } from "./event.ts";
import { type Selection, subjectKey } from "./filter.ts";
import { type EventsMessage, eventMessages, placedText } from "./messages.ts";
import type { EventMetrics } from "./metrics.ts";
import type { Position } from "./position.ts";
import type { LossReason, PlacedEvent } from "./record.ts";

/** A connection that is up to date. */
export interface Subscriber {
  /** Whether it has not yet taken what it was sent. */
  readonly congested: boolean;
  send(message: EventsMessage): void;
  /** Events may be missing: it goes on from there. */
  resync(reason: LossReason, position: Position): void;
}

interface Group {
  readonly whole: ReadonlySet<Kind>;
  readonly members: Set<Subscriber>;
}

export interface HubOptions {
  readonly metrics: Pick<EventMetrics, "delivered" | "lag">;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** Milliseconds that a page waits for connections to have taken the one before. */
const patience = 250;

/**
 * Gives events to those who want them. Who wants whole kinds gets the same bytes as all others who do, made once; for
 * single things, an index by kind and id tells who wants an event.
 */
export class EventHub {
  readonly #options: HubOptions;
  readonly #selections = new Map<Subscriber, Selection>();
  readonly #groups = new Map<string, Group>();
  readonly #byKind = new Map<Kind, Set<Subscriber>>();
  readonly #bySubject = new Map<string, Set<Subscriber>>();

  constructor(options: HubOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#selections.size;
  }

  add(subscriber: Subscriber, selection: Selection): void {
    this.#selections.set(subscriber, selection);
    const { whole, subjects } = selection;
    if (subjects.size === 0) {
      const key = groupKey(whole);
      const group = this.#groups.get(key) ?? { whole, members: new Set() };
      this.#groups.set(key, group);
      group.members.add(subscriber);
      return;
    }
    for (const kind of whole) enter(this.#byKind, kind, subscriber);
    for (const subject of subjects) enter(this.#bySubject, subject, subscriber);
  }

  remove(subscriber: Subscriber): void {
    const selection = this.#selections.get(subscriber);
    if (selection === undefined) return;
    this.#selections.delete(subscriber);
    const { whole, subjects } = selection;
    if (subjects.size === 0) {
      const key = groupKey(whole);
      const group = this.#groups.get(key);
      group?.members.delete(subscriber);
      if (group?.members.size === 0) this.#groups.delete(key);
      return;
    }
    for (const kind of whole) leave(this.#byKind, kind, subscriber);
    for (const subject of subjects) leave(this.#bySubject, subject, subscriber);
  }

  /** @param readAt when they were read, on the hub's clock */
  deliver(events: readonly PlacedEvent[], readAt: number): void {
    const texts = new Map<PlacedEvent, string>();
    const textOf = (event: PlacedEvent): string => {
      const text = texts.get(event) ?? placedText(event);
      texts.set(event, text);
      return text;
    };
    for (const { whole, members } of this.#groups.values()) {
      const wanted = events.filter(({ event }) => whole.has(event.kind));
      const messages = eventMessages(wanted, textOf);
      this.#count(wanted, members.size);
      for (const member of members) for (const message of messages) member.send(message);
    }
    for (const [subscriber, wanted] of this.#wantedSingly(events)) {
      for (const message of eventMessages(wanted, textOf)) subscriber.send(message);
      this.#count(wanted, 1);
    }
    const { metrics, now } = this.#options;
    const sinceRead = (now() - readAt) / 1_000;
    for (const { event } of texts.keys()) metrics.lag.observe(Math.max(0, event.age) + sinceRead);
  }

  resync(reason: LossReason, position: Position): void {
    for (const subscriber of this.#selections.keys()) subscriber.resync(reason, position);
  }

  /** Resolves when everybody has taken what was sent, or has had the time to. */
  async settled(): Promise<void> {
    const { now } = this.#options;
    const deadline = now() + patience;
    while (now() < deadline && [...this.#selections.keys()].some(({ congested }) => congested)) await sleep(10);
  }

  #wantedSingly(events: readonly PlacedEvent[]): ReadonlyMap<Subscriber, readonly PlacedEvent[]> {
    const wanted = new Map<Subscriber, PlacedEvent[]>();
    for (const placed of events) {
      const { kind, subjectId } = placed.event;
      const takers = [this.#byKind.get(kind), this.#bySubject.get(subjectKey(kind, subjectId))];
      for (const taker of takers.flatMap((set) => [...(set ?? [])])) {
        const list = wanted.get(taker);
        if (list === undefined) wanted.set(taker, [placed]);
        else list.push(placed);
      }
    }
    return wanted;
  }

  #count(events: readonly PlacedEvent[], receivers: number): void {
    const { delivered } = this.#options.metrics;
    for (const { event } of events) delivered.inc({ type: event.type }, receivers);
  }
}

function groupKey(whole: ReadonlySet<Kind>): string {
  return [...whole].toSorted().join();
}

function enter<Key>(index: Map<Key, Set<Subscriber>>, key: Key, subscriber: Subscriber): void {
  const set = index.get(key) ?? new Set();
  index.set(key, set);
  set.add(subscriber);
}

function leave<Key>(index: Map<Key, Set<Subscriber>>, key: Key, subscriber: Subscriber): void {
  const set = index.get(key);
  set?.delete(subscriber);
  if (set?.size === 0) index.delete(key);
}
