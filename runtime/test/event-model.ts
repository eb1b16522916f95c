import type { RecordedEvent } from "../src/events/event.ts";
import { boundary, type Position, positionAt, type Stretch } from "../src/events/position.ts";
import { type Look, type PlacedEvent, PositionLostError, pageSize } from "../src/events/record.ts";

/** An event as any; each is a transaction of its own unless told otherwise. */
export function eventOf(id: number, given: Partial<RecordedEvent> = {}): RecordedEvent {
  const usual = { id: BigInt(id), xid: BigInt(id), type: "profile.updated", kind: "profile", version: 1 } as const;
  const subjectId = "9895ba87-5b97-4970-adce-5a9504cfe788";
  return { ...usual, subjectId, at: new Date(0), data: null, age: 0, ...given };
}

/** A record of events in memory, for what is built on it: no transaction is ever under way. */
export class EventModel {
  history = "model";
  floor = 0n;
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
    return boundary(this.history, (this.events.at(-1)?.xid ?? -1n) + 1n);
  }

  async look(from: Position): Promise<Look> {
    this.looks += 1;
    this.#fail();
    this.#require(from);
    const position = await this.end();
    const found = this.#within({ ...from, high: position.low });
    if (found.length > this.pageSize) return { events: [], position, more: true, held: 0 };
    return { events: this.#place({ ...from, high: position.low }, found), position, more: false, held: 0 };
  }

  async *range(from: Position, to: Position): AsyncGenerator<readonly PlacedEvent[], void> {
    if (from.history !== to.history) throw new PositionLostError("history-changed");
    if (from.high > to.low) throw new PositionLostError("cursor-unknown");
    const rest = from.low === from.high ? [] : [from];
    for (const stretch of [...rest, { history: from.history, low: from.high, high: to.low, after: 0n }]) {
      const found = this.#within(stretch).filter(({ id }) => id > stretch.after);
      const placed = this.#place(stretch, found);
      for (let index = 0; index < placed.length; index += this.pageSize) {
        this.#fail();
        this.#require(stretch);
        yield placed.slice(index, index + this.pageSize);
      }
    }
  }

  async holder(): Promise<undefined> {
    return undefined;
  }

  #within({ low, high }: Stretch): readonly RecordedEvent[] {
    const found = this.events.filter(({ xid }) => xid >= low && xid < high);
    return found.toSorted((one, other) => Number(one.id - other.id));
  }

  #place(stretch: Stretch, events: readonly RecordedEvent[]): readonly PlacedEvent[] {
    const { history, low, high } = stretch;
    return events.map((event) => ({
      event,
      position: positionAt({ history, low, high }, event.id, event === events.at(-1)),
    }));
  }

  #fail(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }

  #require({ history, low }: Pick<Position, "history" | "low">): void {
    if (history !== this.history) throw new PositionLostError("history-changed");
    if (low < this.floor) throw new PositionLostError("cursor-too-old");
  }
}
