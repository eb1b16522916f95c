/** Time as the engine sees it, passed in so that tests decide what time it is. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never run backwards; only differences mean anything. */
  monotonic(): number;
  /** Runs `callback` once after `ms`; the returned function cancels it. */
  schedule(callback: () => void, ms: number): () => void;
}

/** Numbers in [0, 1), as Math.random gives them. */
export type Random = () => number;

// A longer delay overflows Node's timer and fires at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (callback, ms) => {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or at once when `signal` aborts; never rejects, so a loop checks its signal once, at its head. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) {
    return Promise.resolve();
  }
  const finish = (): void => {
    cancel();
    signal.removeEventListener("abort", finish);
    resolve();
  };
  const cancel = clock.schedule(finish, ms);
  signal.addEventListener("abort", finish);
  return promise;
}
