import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "./errors.ts";
import type { Logger } from "./log.ts";

export interface Backoff {
  /** Delay before the second attempt, in milliseconds. */
  readonly initial: number;
  /** No delay is longer than this, in milliseconds. */
  readonly maximum: number;
}

/**
 * Exponential back-off with full jitter: a delay drawn evenly from half to all of the step, so that replicas that
 * failed together do not come back together, and none comes back at once.
 *
 * @param attempt counts from 1, the attempt that has just failed
 */
export function backoffDelay(backoff: Backoff, attempt: number, random: () => number = Math.random): number {
  const step = Math.min(backoff.maximum, backoff.initial * 2 ** Math.min(attempt - 1, 30));
  return Math.round(step * (0.5 + random() / 2));
}

export interface UntilReadyOptions {
  readonly name: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly backoff?: Backoff;
}

/**
 * Runs a start-up step until it succeeds, logging each failure and the time to the next attempt.
 *
 * @throws the signal's reason once it aborts; the step's own error when it carries `fatal`
 */
export async function untilReady<T>(step: () => Promise<T>, options: UntilReadyOptions): Promise<T> {
  const { name, log, signal, backoff = { initial: 200, maximum: 5_000 } } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const result = await step();
      log.info({ step: name, attempt }, `${name}: done`);
      return result;
    } catch (thrown) {
      if (thrown instanceof FatalStepError) throw thrown.cause;
      const retryInMs = backoffDelay(backoff, attempt);
      log.warn({ step: name, attempt, retryInMs, reason: reasonOf(thrown) }, `${name}: not yet`);
      await sleep(retryInMs, undefined, { signal });
    }
  }
}

/** Wraps an error that no retry can cure. */
export class FatalStepError extends Error {
  override readonly name = "FatalStepError";

  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** Settles as the operation does, or rejects with a TimeoutError naming it. The operation itself is not stopped. */
export async function withTimeout<T>(operation: Promise<T>, milliseconds: number, what: string): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const handle = setTimeout(
    () => timer.reject(new TimeoutError(`${what} took longer than ${milliseconds} ms`)),
    milliseconds,
  );
  try {
    return await Promise.race([operation, timer.promise]);
  } finally {
    clearTimeout(handle);
  }
}
