import type { KubernetesObject } from "../../kubernetes.ts";
import type { ApiClient, ApiRequest } from "../client/api-client.ts";
import { ApiError } from "../client/api-error.ts";
import { objectPath, resourcePath } from "../client/resource-type.ts";
import { backoffMs } from "../kit/backoff.ts";
import { type Clock, type Random, sleep, systemClock } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import { NotLeaderError } from "../transport/write-fence.ts";
import { EVENT_TYPE, type EventContent, eventKey, newEvent, seriesPatch } from "./event.ts";
import { EventBudget } from "./event-budget.ts";
import { Lanes } from "./lanes.ts";

export interface EventRecorderOptions {
  /** Fenced, if there can be two of this process. */
  readonly client: Pick<ApiClient, "request">;
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
// Of as many objects, since each has one under way. Eight write some hundred Events a second; and when none of them is
// answered, they take few of the seats that an API server has for one client, whose other writes need them.
const MAX_AT_ONCE = 8;
// The other half is for objects whose Events are answered, however many there are whose Events are not.
const MAX_AGAIN_AT_ONCE = 4;
// Many times what a slow API server takes: one that hangs gives its place back soon.
const FIRST_TIMEOUT_MS = 5_000;
// By default an API server waits 10 s for an admission webhook, and then goes on without it or says which one it was.
const NEXT_TIMEOUT_MS = 15_000;
// A clean stop waits for the last Events with the lease in hand, and the next leader is to have it within 2 s.
const FLUSH_MS = 1_000;

/**
 * Records what happens to an object as Events, in the background: never waits, never throws. Those of one object leave
 * in their order, those of different objects beside each other. Equal events become one with a count; what one object
 * may have recorded is limited; what cannot be written is logged and dropped.
 */
export class EventRecorder {
  readonly #options: Required<EventRecorderOptions>;
  readonly #budget: EventBudget;
  readonly #series = new Map<string, Series>();
  readonly #lanes: Lanes<Series>;

  constructor(options: EventRecorderOptions) {
    this.#options = { clock: systemClock, random: Math.random, ...options };
    const { clock } = this.#options;
    this.#budget = new EventBudget(clock);
    this.#lanes = new Lanes({
      places: MAX_AT_ONCE,
      placesAgain: MAX_AGAIN_AT_ONCE,
      clock,
      work: (series, attempt, signal) => this.#write(series, attempt, signal),
    });
  }

  record(regarding: KubernetesObject, content: EventContent): void {
    const { clock, log } = this.#options;
    const object = eventKey(regarding);
    const key = eventKey(regarding, content);
    this.#forgetOld();
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastAt = clock.now();
      if (known.sent < 2 || known.lastAt - known.sentAt >= SERIES_UPDATE_MS) {
        this.#lanes.add(object, known);
      }
      return;
    }
    if (this.#lanes.size >= MAX_PENDING || !this.#budget.take(object)) {
      log.debug({ reason: content.reason, object: regarding.metadata.name }, "Too many events, dropped one");
      return;
    }
    const now = clock.now();
    const event = newEvent(regarding, content, { ...this.#options, now });
    const series = { content, event, count: 1, sent: 0, sentAt: now, lastAt: now };
    this.#series.set(key, series);
    this.#lanes.add(object, series);
  }

  /**
   * Resolves when everything recorded so far was written or dropped, after a second at the latest: what is left then is
   * dropped, and this recorder sends nothing more.
   */
  async flush(): Promise<void> {
    const { clock, log } = this.#options;
    const timer = new AbortController();
    const written = this.#lanes.drained().then(() => true);
    const tooLate = sleep(clock, FLUSH_MS, timer.signal).then(() => false);
    const inTime = await Promise.race([written, tooLate]);
    timer.abort();
    if (!inTime) {
      const dropped = this.#lanes.close();
      log.warn({ dropped }, `Could not record all events within ${FLUSH_MS / 1000} s of the stop, dropped the rest`);
    }
  }

  /** Returns after how many milliseconds to try again, if at all. */
  async #write(series: Series, attempt: number, signal: AbortSignal): Promise<number | undefined> {
    const { random, log } = this.#options;
    try {
      await this.#send(series, { timeoutMs: attempt === 1 ? FIRST_TIMEOUT_MS : NEXT_TIMEOUT_MS, signal });
    } catch (error) {
      // Counted by the flush that ended it.
      if (signal.aborted) return undefined;
      if (!isFinal(error) && attempt < MAX_TRIES) return backoffMs(attempt, RETRY_BACKOFF, random);
      log.info({ error, reason: series.content.reason }, "Could not record an event");
    }
    return undefined;
  }

  async #send(series: Series, limits: Pick<ApiRequest, "timeoutMs" | "signal">): Promise<void> {
    const { client, clock } = this.#options;
    const { event, count } = series;
    if (series.sent === 0) {
      const path = resourcePath(EVENT_TYPE, { namespace: event.metadata.namespace });
      try {
        await client.request({ method: "POST", path, body: event, ...limits });
      } catch (error) {
        // No two have one name: an earlier try came through, and its answer did not.
        if (!(error instanceof ApiError && error.isAlreadyExists)) throw error;
      }
      series.sent = 1;
    }
    if (count > series.sent) {
      await client.request({
        method: "PATCH",
        path: objectPath(EVENT_TYPE, event),
        contentType: "application/merge-patch+json",
        body: seriesPatch(count, series.lastAt),
        ...limits,
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
