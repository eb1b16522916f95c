import type { Random } from "../kit/clock.ts";

// Servers ask for whole seconds: an API server that needs a moment says 1.
const ROUNDED_UP_MS = 500;
// What was turned away together must not come back together.
const SPREAD_MS = 300;
// Who asks for no time at all has room again: less, until that turns out wrong.
const FIRST_SPREAD_MS = 100;

/**
 * How long to wait before the `attempt`-th repetition (from 1) of what a server turned away with a Retry-After of
 * `askedMs`. The first comes within the last half of the last second, the others after all of it.
 */
export function throttleDelayMs(askedMs: number, attempt: number, random: Random): number {
  const least = attempt > 1 ? askedMs : Math.max(0, askedMs - ROUNDED_UP_MS);
  const spread = askedMs > 0 ? SPREAD_MS : Math.min(SPREAD_MS, FIRST_SPREAD_MS * attempt);
  return least + random() * spread;
}
