import type { Clock } from "../kit/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #monotonic = 0;
  #wall = Date.parse("2030-01-01T00:00:00.000Z");

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  schedule(callback: () => void, ms: number): () => void {
    const timer = { at: this.#monotonic + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Delays until each timer fires, shortest first. */
  get pending(): readonly number[] {
    return [...this.#timers].map(({ at }) => at - this.#monotonic).sort((a, b) => a - b);
  }

  /** Fires what comes due on the way, in order, and lets promises settle before and after each. */
  async advance(ms: number): Promise<void> {
    await settle();
    const end = this.#monotonic + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      this.#moveTo(Math.max(this.#monotonic, next?.at ?? end));
      if (next === undefined) {
        return;
      }
      this.#timers.delete(next);
      next.callback();
      await settle();
    }
  }

  /** Lets time pass in which no timer can fire, as while a program is busy. */
  block(ms: number): void {
    this.#moveTo(this.#monotonic + ms);
  }

  /** Sets the wall clock alone, as an administrator or a machine that woke up would. */
  setWall(ms: number): void {
    this.#wall += ms;
  }

  #moveTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}

/** Lets everything that is ready to run, run. */
export function settle(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setImmediate(resolve);
  return promise;
}
