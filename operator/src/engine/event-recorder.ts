import type { KubernetesObject } from "../kubernetes.ts";
import type { ApiClient } from "./api-client.ts";
import { ApiError } from "./api-error.ts";
import { backoffMs } from "./backoff.ts";
import { type Clock, type Random, sleep, systemClock } from "./clock.ts";
import { EVENT_TYPE, type EventContent, eventKey, newEvent, seriesPatch } from "./event.ts";
import { EventBudget } from "./event-budget.ts";
import { NotLeaderError } from "./lease-fence.ts";
import type { Logger } from "./log.ts";
import { objectPath, resourcePath } from "./resource-type.ts";

export interface EventRecorderOptions {
  /** Fenced, if there can be two of this process. */
  readonly client: ApiClient;
  /** Name of the program: a qualified name such as `example.com/operator`. */
  readonly reportingController: string;
  /** Name of the process. */
  readonly reportingInstance: string;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** One event that others like it are counted on. */
interface Series {
  readonly content: EventContent;
  readonly event: KubernetesObject;
  count: number;
  /** How many of them the API server knows of. */
  sent: number;
  sentAt: number;
  lastAt: number;
}

// As in client-go: a series that was silent for so long has ended.
const SERIES_MS = 6 * 60_000;
/** A series tells its count at its second occurrence, then no more often than this. */
const SERIES_UPDATE_MS = 30_000;
const MAX_PENDING = 1000;
const MAX_TRIES = 3;
const RETRY_BACKOFF = { baseMs: 500, maxMs: 5_000 };

/**
 * Records what happens to an object as Events, in the background: never waits, never throws. Equal events become one
 * with a count; what one object may have recorded is limited; what cannot be written is logged and dropped.
 */
export class EventRecorder {
  readonly #options: Required<EventRecorderOptions>;
  readonly #budget: EventBudget;
  readonly #series = new Map<string, Series>();
  readonly #pending = new Set<Series>();
  #pump: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = { clock: systemClock, random: Math.random, ...options };
    this.#budget = new EventBudget(this.#options.clock);
  }

  record(regarding: KubernetesObject, content: EventContent): void {
    const { clock, log } = this.#options;
    const key = eventKey(regarding, content);
    this.#forgetOld();
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastAt = clock.now();
      if (known.sent < 2 || known.lastAt - known.sentAt >= SERIES_UPDATE_MS) {
        this.#enqueue(known);
      }
      return;
    }
    if (this.#pending.size >= MAX_PENDING || !this.#budget.take(eventKey(regarding))) {
      log.debug({ reason: content.reason, object: regarding.metadata.name }, "Too many events, dropped one");
      return;
    }
    const now = clock.now();
    const event = newEvent(regarding, content, { ...this.#options, now });
    const series = { content, event, count: 1, sent: 0, sentAt: now, lastAt: now };
    this.#series.set(key, series);
    this.#enqueue(series);
  }

  /** Resolves when everything recorded so far was written or dropped. */
  async flush(): Promise<void> {
    await this.#pump;
  }

  #enqueue(series: Series): void {
    this.#pending.add(series);
    this.#pump ??= this.#writeAll().finally(() => {
      this.#pump = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    // Gives the reconcile that records its turn first; what it adds meanwhile is written with the rest.
    await Promise.resolve();
    for (const series of this.#pending) {
      this.#pending.delete(series);
      await this.#write(series);
    }
  }

  async #write(series: Series): Promise<void> {
    const { clock, random, log } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#send(series);
        return;
      } catch (error) {
        if (isFinal(error) || attempt >= MAX_TRIES) {
          log.info({ error, reason: series.content.reason }, "Could not record an event");
          return;
        }
        await sleep(clock, backoffMs(attempt, RETRY_BACKOFF, random), new AbortController().signal);
      }
    }
  }

  async #send(series: Series): Promise<void> {
    const { client, clock } = this.#options;
    const { event, count } = series;
    if (series.sent === 0) {
      const path = resourcePath(EVENT_TYPE, { namespace: event.metadata.namespace });
      await client.request({ method: "POST", path, body: event });
    }
    if (count > 1) {
      await client.request({
        method: "PATCH",
        path: objectPath(EVENT_TYPE, event),
        contentType: "application/merge-patch+json",
        body: seriesPatch(count, series.lastAt),
      });
    }
    series.sent = count;
    series.sentAt = clock.now();
  }

  #forgetOld(): void {
    const oldest = this.#options.clock.now() - SERIES_MS;
    for (const [key, series] of this.#series) {
      if (series.lastAt < oldest) {
        this.#series.delete(key);
      }
    }
  }
}

function isFinal(error: unknown): boolean {
  const refused = error instanceof ApiError && error.status < 500 && error.status !== 429;
  return refused || error instanceof NotLeaderError;
}
