import type { RecordedEvent } from "../src/events/event.ts";
import { covers, cutBehind, type Position, positionAt, type Stretch } from "../src/events/position.ts";
import { type Look, type PlacedEvent, PositionLostError, pageSize } from "../src/events/record.ts";

/** An event as any; each is a transaction of its own unless told otherwise. */
export function eventOf(id: number, given: Partial<RecordedEvent> = {}): RecordedEvent {
  const usual = { id: BigInt(id), xid: BigInt(id), type: "profile.updated", kind: "profile", version: 1 } as const;
  const subjectId = "9895ba87-5b97-4970-adce-5a9504cfe788";
  return { ...usual, subjectId, at: new Date(0), data: null, age: 0, ...given };
}

/** Behind the last event of a model. */
export function behind(last: number, history = "model"): Position {
  return { history, cut: cutBehind(BigInt(last), []) };
}

/** A record of events in memory, for what is built on it: no transaction is ever under way. */
export class EventModel {
  history = "model";
  /** Events up to this one were removed. */
  removed = -1;
  events: RecordedEvent[] = [];
  /** What the next reads fail with. */
  failures: Error[] = [];
  /** How often somebody looked. */
  looks = 0;
  pageSize = pageSize;

  add(...events: readonly RecordedEvent[]): void {
    this.events.push(...events);
  }

  async end(): Promise<Position> {
    this.#fail();
    return behind(Number(this.events.at(-1)?.xid ?? -1n), this.history);
  }

  async look({ history, cut }: Position): Promise<Look> {
    this.looks += 1;
    this.#fail();
    this.#require({ history, from: cut });
    const position = await this.end();
    const stretch = { history, from: cut, to: position.cut };
    const found = this.#within(stretch);
    if (found.length > this.pageSize) return { events: [], position, more: true };
    return { events: this.#place(stretch, found), position, more: false };
  }

  async *range({ history, cut, within }: Position, to: Position): AsyncGenerator<readonly PlacedEvent[], void> {
    if (history !== to.history) throw new PositionLostError("history-changed");
    if (!covers(to.cut, within?.to ?? cut)) throw new PositionLostError("cursor-unknown");
    const first = within === undefined ? [] : [{ history, from: cut, to: within.to, after: within.after }];
    for (const stretch of [...first, { history, from: within?.to ?? cut, to: to.cut, after: 0n }]) {
      const found = this.#within(stretch).filter(({ id }) => id > stretch.after);
      const placed = this.#place(stretch, found);
      for (let index = 0; index < placed.length; index += this.pageSize) {
        this.#fail();
        this.#require(stretch);
        yield placed.slice(index, index + this.pageSize);
      }
    }
  }

  #within({ from, to }: Stretch): readonly RecordedEvent[] {
    const found = this.events.filter(({ xid }) => xid >= from.end && xid < to.end);
    return found.toSorted((one, other) => Number(one.id - other.id));
  }

  #place({ history, from, to }: Stretch, events: readonly RecordedEvent[]): readonly PlacedEvent[] {
    return events.map((event) => ({
      event,
      position: positionAt({ history, from, to }, event.id, event === events.at(-1)),
    }));
  }

  #fail(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }

  #require({ history, from }: Omit<Stretch, "to">): void {
    if (history !== this.history) throw new PositionLostError("history-changed");
    if (!covers(from, behind(this.removed).cut)) throw new PositionLostError("cursor-too-old");
  }
}
