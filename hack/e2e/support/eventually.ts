import { setTimeout as delay } from "node:timers/promises";

export interface EventuallyOptions {
  /** What is awaited, for the message when it does not come: "server has 3 ready pods". */
  readonly what: string;
  /** Milliseconds after which waiting ends with an error. */
  readonly timeoutMs: number;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until `look` neither throws nor returns undefined, and returns what it returned.
 * The error of a timeout carries the last thing that was wrong.
 */
export async function eventually<T>(look: () => Promise<T | undefined>, options: EventuallyOptions): Promise<T> {
  const started = performance.now();
  let last: unknown = "it was not there";
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() - started > options.timeoutMs) {
      throw new Error(`waited ${options.timeoutMs / 1000} s, and it did not come true that ${options.what}`, {
        cause: last,
      });
    }
    await delay(options.everyMs ?? 200);
  }
}

/** Seconds that `work` took, with one decimal, and what it returned. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly value: T }> {
  const started = performance.now();
  const value = await work();
  return { seconds: Math.round((performance.now() - started) / 100) / 10, value };
}
