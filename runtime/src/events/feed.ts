import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf, StoppedError } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { backoffDelay } from "../kit/retry.ts";
import type { EventHub } from "./hub.ts";
import type { EventMetrics } from "./metrics.ts";
import { isSame, type Position } from "./position.ts";
import { type EventRecord, PositionLostError } from "./record.ts";

export interface FeedOptions {
  readonly record: Pick<EventRecord, "end" | "look" | "range">;
  readonly hub: Pick<EventHub, "size" | "deliver" | "resync" | "settled">;
  readonly metrics: Pick<EventMetrics, "failures">;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds between two looks. */
  readonly interval?: number;
}

/**
 * Between two looks. There are no notifications that would bring one forward: PostgreSQL lets transactions that notify
 * commit one after the other only, each of them waiting for the disk by itself. 16 connections made 3,200 changes a
 * second without, and 1,000 with one in each.
 */
const usualInterval = 100;

/** Between two looks that somebody waits for. */
const shortestInterval = 10;

const backoff = { initial: 200, maximum: 2_000 };

interface Waiter {
  readonly promise: Promise<Position>;
  resolve(position: Position): void;
  reject(reason: unknown): void;
}

/** The one reader of a process: looks at the record while somebody is there to be told, and tells the hub. */
export class EventFeed {
  readonly #options: FeedOptions;
  readonly #stopping = new AbortController();
  #position: Position | undefined;
  /** Where those stand who have received what was sent of a stretch that takes several pages. */
  #within: Position | undefined;
  #waiters: Waiter[] = [];
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #failures = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves once nothing is being read. Whoever waits for a look is refused. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.resolve();
    await this.#running;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new StoppedError("the feed of events has stopped"));
  }

  /** Where those stand who were told everything so far; undefined while nobody is there to be told. */
  get progress(): Position | undefined {
    return this.#within ?? this.#position;
  }

  /** Whether it is between two stretches, and so is this: who stands there as well misses nothing by joining now. */
  isAt({ history, cut, within }: Position): boolean {
    if (this.#within !== undefined || this.#position === undefined || within !== undefined) return false;
    return history === this.#position.history && isSame(cut, this.#position.cut);
  }

  /**
   * Where it is, between two stretches and not before anything that had happened when this was called.
   *
   * @throws StoppedError
   */
  async fresh(): Promise<Position> {
    if (this.#stopping.signal.aborted) throw new StoppedError("the feed of events has stopped");
    const waiter: Waiter = Promise.withResolvers<Position>();
    this.#waiters.push(waiter);
    this.#wake.resolve();
    return waiter.promise;
  }

  async #run(): Promise<void> {
    const { hub, interval = usualInterval } = this.#options;
    while (!this.#stopping.signal.aborted) {
      if (hub.size === 0 && this.#waiters.length === 0) await this.#rest();
      if (this.#stopping.signal.aborted) return;
      const delay = (await this.#look()) ? interval : backoffDelay(backoff, this.#failures, this.#options.random);
      await this.#pause(delay);
    }
  }

  /** Nobody is there: what happens meanwhile need not be read, and where the feed was is forgotten. */
  async #rest(): Promise<void> {
    this.#position = undefined;
    this.#within = undefined;
    await this.#wake.promise;
  }

  /** Those who wait have the next look come earlier, but not after a failure: a database that is away would be asked all the time. */
  async #pause(milliseconds: number): Promise<void> {
    this.#wake = Promise.withResolvers<void>();
    const hurry = this.#failures === 0;
    const { signal } = this.#stopping;
    const sleeping = (time: number) => sleep(time, undefined, { signal }).catch(() => undefined);
    if (hurry && this.#waiters.length > 0) await sleeping(shortestInterval);
    else await Promise.race([sleeping(milliseconds), ...(hurry ? [this.#wake.promise] : [])]);
  }

  /** @returns whether it succeeded */
  async #look(): Promise<boolean> {
    const { metrics, log } = this.#options;
    const waiters = this.#waiters.splice(0);
    try {
      const position = await this.#advance();
      if (this.#failures > 0) log.info("the record of events can be read again");
      this.#failures = 0;
      for (const waiter of waiters) waiter.resolve(position);
      return true;
    } catch (err) {
      this.#waiters.unshift(...waiters);
      metrics.failures.inc();
      this.#failures += 1;
      if (this.#failures === 1) {
        log.warn({ reason: reasonOf(err) }, "the record of events cannot be read: connections wait, and it goes on");
      }
      return false;
    }
  }

  async #advance(): Promise<Position> {
    const { record, hub, now } = this.#options;
    try {
      if (this.#within !== undefined) return await this.#deliverPages(this.#within, await record.end());
      this.#position ??= await record.end();
      const { events, position, more } = await record.look(this.#position);
      if (more) return await this.#deliverPages(this.#position, position);
      if (events.length > 0) hub.deliver(events, now());
      this.#position = position;
      return position;
    } catch (err) {
      if (!(err instanceof PositionLostError)) throw err;
      const position = await record.end();
      this.#within = undefined;
      this.#position = position;
      this.#options.log.warn({ reason: err.reason }, "events were lost to readers: they are told to read anew");
      hub.resync(err.reason, position);
      return position;
    }
  }

  /** What fails in the middle is gone on with by the next look. */
  async #deliverPages(from: Position, to: Position): Promise<Position> {
    const { record, hub, now } = this.#options;
    this.#within = from;
    for await (const page of record.range(from, to)) {
      hub.deliver(page, now());
      this.#within = page.at(-1)?.position ?? this.#within;
      await hub.settled();
    }
    this.#within = undefined;
    this.#position = to;
    return to;
  }
}
