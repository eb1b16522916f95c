import { backoffMs } from "../kit/backoff.ts";
import { type Clock, type Random, systemClock } from "../kit/clock.ts";
import type { Metrics, QueueMetrics, QueueState } from "../metrics/metrics.ts";
import { type ReadyKey, ReadyKeys } from "./ready-keys.ts";

export interface WorkQueueOptions {
  readonly name: string;
  readonly metrics: Metrics;
  /**
   * Workers that take from it; half of them at most, but one at least, are given keys that failed. A worker whose key is
   * set aside does not count. Default 1.
   */
  readonly workers?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface AddOptions {
  /** Higher goes first. Default 0. */
  readonly priority?: number;
}

/** For what is looked at only to be sure, such as the initial list: behind everything that really changed. */
export const LOW_PRIORITY = -100;

/** For keys that failed last time: behind all that went well, ahead of what is only looked at to be sure. */
const FAILED_PRIORITY = -50;

/** Every so many keys the lowest priority has its turn, so that it is slow while there is much to do, but not starved. */
const LOWEST_EVERY = 8;

const FAILURE_BACKOFF = { baseMs: 5, maxMs: 1_000_000 };

interface Delayed {
  readonly at: number;
  readonly cancel: () => void;
}

interface Held {
  readonly since: number;
  /** Whether it takes one of the workers that keys that failed may have. */
  countsAsFailed: boolean;
  /** Priority of an add in the meantime. */
  again: number | undefined;
}

/**
 * Keys that want work. A key is in one state at a time: delayed (until a time), ready, or held by a worker; one that
 * is added while held becomes ready when its worker is done, so that no key is ever worked twice at once. Keys that
 * failed last time can be slow to fail again, on requests that time out say: they never get all the workers, so that
 * they do not slow the others.
 */
export class WorkQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #metrics: QueueMetrics;
  readonly #ready = new ReadyKeys();
  readonly #delayed = new Map<string, Delayed>();
  readonly #held = new Map<string, Held>();
  readonly #failures = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  /** Every priority that was ever asked for: what is shown of one does not end when it is empty. */
  readonly #priorities = new Set([0, FAILED_PRIORITY, LOW_PRIORITY]);
  readonly #mostFailed: number;
  #taken = 0;
  #closed = false;

  constructor({ name, metrics, workers = 1, clock = systemClock, random = Math.random }: WorkQueueOptions) {
    this.#mostFailed = Math.max(1, Math.floor(workers / 2));
    this.name = name;
    this.#clock = clock;
    this.#random = random;
    this.#metrics = metrics.queue(name, () => this.#state());
  }

  /** Keys that are ready and wait for a worker. */
  get depth(): number {
    return this.#ready.size;
  }

  /** Wants `key` worked now. Adds of a key that is already ready merge, at the higher priority. */
  add(key: string, { priority = 0 }: AddOptions = {}): void {
    if (this.#closed) {
      return;
    }
    this.#cancelDelay(key);
    const held = this.#held.get(key);
    if (held !== undefined) {
      held.again = Math.max(held.again ?? priority, priority);
      return;
    }
    const level = this.#failures.has(key) ? Math.min(priority, FAILED_PRIORITY) : priority;
    this.#priorities.add(level);
    if (this.#ready.add(key, level, this.#clock.monotonic())) {
      this.#metrics.added();
      this.#wakeOne();
    }
  }

  /** Wants `key` worked after `ms`; an earlier wish stands. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.monotonic() + ms;
    const delayed = this.#delayed.get(key);
    if (this.#closed || this.#ready.has(key) || this.#held.get(key)?.again !== undefined) {
      return;
    }
    if (delayed !== undefined && delayed.at <= at) {
      return;
    }
    delayed?.cancel();
    const cancel = this.#clock.schedule(() => this.add(key), ms);
    this.#delayed.set(key, { at, cancel });
  }

  /** Wants `key` worked after a delay that doubles with each call until `forget`. */
  addRateLimited(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#metrics.retried();
    this.addAfter(key, backoffMs(failures, FAILURE_BACKOFF, this.#random));
  }

  /** Ends the series of failures of `key`. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, held by the caller until `done`; undefined once the queue is shut down or `signal` aborts. */
  async next(signal: AbortSignal): Promise<string | undefined> {
    while (!this.#closed && !signal.aborted) {
      const taken = this.#take();
      if (taken !== undefined) {
        const now = this.#clock.monotonic();
        const countsAsFailed = this.#failures.has(taken.key);
        this.#held.set(taken.key, { since: now, countsAsFailed, again: undefined });
        this.#metrics.waited((now - taken.since) / 1000);
        return taken.key;
      }
      await this.#wait(signal);
    }
    return undefined;
  }

  /**
   * The worker goes on with `key`, and another one takes its place: a key that failed may be given to that one. Since it
   * asks for a key by itself, nobody is woken here.
   */
  setAside(key: string): void {
    const held = this.#held.get(key);
    if (held !== undefined) held.countsAsFailed = false;
  }

  /** The worker is through with `key`, however it ended. */
  done(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) {
      return;
    }
    this.#held.delete(key);
    this.#metrics.worked((this.#clock.monotonic() - held.since) / 1000);
    if (held.again !== undefined) {
      this.add(key, { priority: held.again });
    }
  }

  /** Nothing more is given out; waiting workers get undefined. */
  shutDown(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) {
      cancel();
    }
    this.#delayed.clear();
    for (const wake of this.#waiting) {
      wake();
    }
  }

  #take(): ReadyKey | undefined {
    const failed = [...this.#held.values()].filter((held) => held.countsAsFailed).length;
    const from = (this.#taken + 1) % LOWEST_EVERY === 0 ? "lowest" : "highest";
    const taken = this.#ready.take({ from, except: failed < this.#mostFailed ? undefined : FAILED_PRIORITY });
    if (taken !== undefined) {
      this.#taken += 1;
    }
    return taken;
  }

  #cancelDelay(key: string): void {
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
  }

  #wakeOne(): void {
    const [wake] = this.#waiting;
    wake?.();
  }

  #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => {
      this.#waiting.delete(wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake);
    return promise;
  }

  #state(): QueueState {
    const now = this.#clock.monotonic();
    const ages = [...this.#held.values()].map(({ since }) => (now - since) / 1000);
    return {
      depths: new Map([...this.#priorities].map((priority) => [priority, this.#ready.sizeOf(priority)])),
      unfinishedSeconds: ages.reduce((sum, age) => sum + age, 0),
      longestSeconds: Math.max(0, ...ages),
    };
  }
}
