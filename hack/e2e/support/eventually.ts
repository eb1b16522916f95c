import { setTimeout as delay } from "node:timers/promises";

export interface EventuallyOptions {
  /** What is awaited, for the message when it does not come: "server has 3 ready pods". */
  readonly what: string;
  /** Milliseconds after which waiting ends with an error. */
  readonly timeoutMs: number;
  /** Milliseconds between two looks. Default: 200, or more where a look takes long. */
  readonly everyMs?: number;
}

const EVERY_MS = 200;
/**
 * After a look follows a pause of so many times as long as it took: what is awaited shall not be held up by those who wait
 * for it, and a look at everything of a platform, or a start of kubectl, takes as much as a tenth of a second of a
 * processor. Where it has to be seen when something happens, `everyMs` says how often to look, whatever that costs.
 */
const PAUSE_FACTOR = 2;
/** What took longer has waited, and kept nobody from working. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * Looks again and again until `look` neither throws nor returns undefined, and returns what it returned.
 * The error of a timeout carries the last thing that was wrong.
 */
export async function eventually<T>(look: () => Promise<T | undefined>, options: EventuallyOptions): Promise<T> {
  const started = performance.now();
  let last: unknown = "it was not there";
  for (;;) {
    const looked = performance.now();
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
    await delay(options.everyMs ?? pauseAfter(performance.now() - looked));
  }
}

function pauseAfter(lookMs: number): number {
  return Math.max(EVERY_MS, Math.min(PAUSE_FACTOR * lookMs, LONGEST_PAUSE_MS));
}

/** Seconds that `work` took, with one decimal, and what it returned. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly value: T }> {
  const started = performance.now();
  const value = await work();
  return { seconds: Math.round((performance.now() - started) / 100) / 10, value };
}
