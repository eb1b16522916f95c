import type { Turns } from "../kit/turns.ts";
import type { EventFeed } from "./feed.ts";
import { type Filters, type Selection, selectionOf, selects } from "./filter.ts";
import type { EventHub, Subscriber } from "./hub.ts";
import { cursorText, type EventsMessage, eventMessages, resyncText, subscribedText } from "./messages.ts";
import type { EventMetrics } from "./metrics.ts";
import type { Outbox } from "./outbox.ts";
import type { Position } from "./position.ts";
import { type EventRecord, type LossReason, type PlacedEvent, PositionLostError } from "./record.ts";

/** Failures in a row after which it is no outage. */
const most = 10;

/** What the subscriptions of a process share. */
export interface Sources {
  readonly record: Pick<EventRecord, "range">;
  readonly feed: Pick<EventFeed, "fresh" | "isAt" | "progress">;
  readonly hub: Pick<EventHub, "add" | "remove">;
  readonly metrics: Pick<EventMetrics, "delivered" | "resyncs">;
  /** Of those who catch up, to read a page. */
  readonly turns: Turns;
}

/**
 * What one connection is told: first what it has missed, from the record, then what the hub has. It joins the hub when
 * it stands where the feed stands, between two stretches, so that nothing is missed and nothing comes twice.
 */
export class Subscription implements Subscriber {
  readonly #sources: Sources;
  readonly #outbox: Outbox;
  readonly #filters: Filters;
  readonly #selection: Selection;
  #position: Position | undefined;
  #isLive = false;
  #ended = false;

  /** @param from undefined for what happens from now on */
  constructor(sources: Sources, outbox: Outbox, filters: Filters, from: Position | undefined) {
    this.#sources = sources;
    this.#outbox = outbox;
    this.#filters = filters;
    this.#selection = selectionOf(filters);
    this.#position = from;
  }

  get congested(): boolean {
    return this.#outbox.congested;
  }

  /** Where the client stands once it has received what was sent; undefined when nothing was. */
  get position(): Position | undefined {
    return this.#isLive ? (this.#sources.feed.progress ?? this.#position) : this.#position;
  }

  /**
   * Resolves once it is up to date, or has ended.
   *
   * @throws StoppedError when the feed stops meanwhile; Error when the record cannot be read although the feed can
   */
  async start(): Promise<void> {
    const { feed } = this.#sources;
    const now = await feed.fresh();
    if (this.#ended) return;
    this.#position ??= now;
    this.#outbox.send(subscribedText(this.#position, this.#filters));
    let failures = 0;
    for (let target = now; !this.#ended; target = await feed.fresh()) {
      if (this.#join()) return;
      try {
        await this.#catchUp(target);
        failures = 0;
      } catch (err) {
        // The database may be away. The feed waits for it, and what was sent so far is not sent again.
        failures += 1;
        if (failures >= most) throw new Error("while reading what a subscription has missed", { cause: err });
      }
    }
  }

  end(): void {
    // Where it is now is where another one may go on.
    this.#position = this.position;
    this.#ended = true;
    this.#isLive = false;
    this.#sources.hub.remove(this);
  }

  send({ bytes, position }: EventsMessage): void {
    this.#position = position ?? this.#position;
    this.#outbox.send(bytes);
  }

  resync(reason: LossReason, position: Position): void {
    this.#sources.metrics.resyncs.inc({ reason });
    this.#position = position;
    this.#outbox.send(resyncText(reason, position));
  }

  /** Tells where the stream is, so that a client for whom there is nothing has a cursor that does not grow old. */
  tellPosition(): void {
    const { position } = this;
    if (position !== undefined) this.#outbox.send(cursorText(position));
  }

  #join(): boolean {
    const { feed, hub } = this.#sources;
    if (this.#ended || this.#position === undefined || !feed.isAt(this.#position)) return false;
    hub.add(this, this.#selection);
    this.#isLive = true;
    this.tellPosition();
    return true;
  }

  async #catchUp(target: Position): Promise<void> {
    const { record, turns } = this.#sources;
    if (this.#position === undefined) return;
    try {
      const pages = record.range(this.#position, target);
      for (;;) {
        const { value: page, done = false } = await turns.take(() => pages.next());
        if (this.#ended) return;
        if (done || page === undefined) break;
        await this.#sendPage(page);
        if (this.#ended) return;
      }
      this.#position = target;
    } catch (err) {
      if (!(err instanceof PositionLostError)) throw err;
      if (!this.#ended) this.resync(err.reason, target);
    }
  }

  async #sendPage(page: readonly PlacedEvent[]): Promise<void> {
    const wanted = page.filter(({ event }) => selects(this.#selection, event));
    for (const message of eventMessages(wanted)) {
      await this.#outbox.drained();
      if (this.#ended) return;
      this.send(message);
    }
    for (const { event } of wanted) this.#sources.metrics.delivered.inc({ type: event.type });
    this.#position = page.at(-1)?.position ?? this.#position;
  }
}
