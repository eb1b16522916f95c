import type { Random } from "./clock.ts";

export interface BackoffLimits {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Delay before attempt number `failures` + 1: doubles from `baseMs` to `maxMs`, less up to a quarter at random, so that
 * many that failed together do not come back together.
 */
export function backoffMs(failures: number, { baseMs, maxMs }: BackoffLimits, random: Random): number {
  const exponent = Math.min(Math.max(0, failures - 1), 52);
  return Math.min(baseMs * 2 ** exponent, maxMs) * (1 - random() / 4);
}
