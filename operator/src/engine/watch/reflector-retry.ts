import { ApiError } from "../client/api-error.ts";
import { throttleDelayMs } from "../client/throttle.ts";
import { type BackoffLimits, backoffMs } from "../kit/backoff.ts";
import type { Random } from "../kit/clock.ts";

// What happens while nobody listens is noticed that much later, so the first try comes at once, only not all together:
// hundreds of watches break with one connection.
const FIRST_TRY_SPREAD_MS = 50;
// A connection that is gone should be back soon; an answer that says no, such as a missing right, may stay.
const BROKEN: BackoffLimits = { baseMs: 50, maxMs: 1000 };
const REFUSED: BackoffLimits = { baseMs: 50, maxMs: 5000 };

/** How long to wait after the `failures`-th failure in a row (from 1) before the next list or watch. */
export function retryDelayMs(error: unknown, failures: number, random: Random): number {
  const refusal = error instanceof ApiError ? error : undefined;
  if (refusal?.retryAfterMs !== undefined) {
    return Math.max(throttleDelayMs(refusal.retryAfterMs, failures, random), backoffMs(failures, REFUSED, random));
  }
  if (failures > 1) {
    return backoffMs(failures - 1, refusal === undefined ? BROKEN : REFUSED, random);
  }
  // A list follows, and those wait for each other in the client.
  return refusal?.isGone === true ? 0 : random() * FIRST_TRY_SPREAD_MS;
}
