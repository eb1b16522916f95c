import { backoffMs } from "./backoff.ts";
import { type Clock, type Random, systemClock } from "./clock.ts";
import type { Metrics, QueueMetrics } from "./metrics.ts";
import { ReadyKeys } from "./ready-keys.ts";

export interface WorkQueueOptions {
  readonly name: string;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface AddOptions {
  /** Higher goes first. Default 0. */
  readonly priority?: number;
}

/** For what is looked at only to be sure, such as the initial list: behind everything that really changed. */
export const LOW_PRIORITY = -100;

const FAILURE_BACKOFF = { baseMs: 5, maxMs: 1_000_000 };

interface Delayed {
  readonly at: number;
  readonly cancel: () => void;
}

/**
 * Keys that want work. A key is in one state at a time: delayed (until a time), ready, or held by a worker; one that
 * is added while held becomes ready when its worker is done, so that no key is ever worked twice at once.
 */
export class WorkQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #metrics: QueueMetrics;
  readonly #ready = new ReadyKeys();
  readonly #delayed = new Map<string, Delayed>();
  readonly #held = new Map<string, { readonly since: number; again: number | undefined }>();
  readonly #failures = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor({ name, metrics, clock = systemClock, random = Math.random }: WorkQueueOptions) {
    this.name = name;
    this.#clock = clock;
    this.#random = random;
    this.#metrics = metrics.queue(name, () => this.#unfinished());
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
    if (this.#ready.add(key, priority, this.#clock.monotonic())) {
      this.#metrics.added();
      this.#metrics.depth(this.#ready.size);
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
      const taken = this.#ready.take();
      if (taken !== undefined) {
        const now = this.#clock.monotonic();
        this.#held.set(taken.key, { since: now, again: undefined });
        this.#metrics.depth(this.#ready.size);
        this.#metrics.waited((now - taken.since) / 1000);
        return taken.key;
      }
      await this.#wait(signal);
    }
    return undefined;
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

  #unfinished(): { totalSeconds: number; longestSeconds: number } {
    const now = this.#clock.monotonic();
    const ages = [...this.#held.values()].map(({ since }) => (now - since) / 1000);
    return { totalSeconds: ages.reduce((sum, age) => sum + age, 0), longestSeconds: Math.max(0, ...ages) };
  }
}
