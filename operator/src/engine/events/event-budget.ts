import type { Clock } from "../kit/clock.ts";

const BURST = 100;
const REFILL_MS = 5_000;

/** A token bucket for each object, so that one that is in trouble does not fill etcd: 100 at once, then one each 5 s. */
export class EventBudget {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the object named by `key` may have one more event. */
  take(key: string): boolean {
    const now = this.#clock.monotonic();
    this.#forgetFull(now);
    const { tokens, at } = this.#buckets.get(key) ?? { tokens: BURST, at: now };
    const filled = Math.min(BURST, tokens + (now - at) / REFILL_MS);
    const allowed = filled >= 1;
    this.#buckets.set(key, { tokens: allowed ? filled - 1 : filled, at: now });
    return allowed;
  }

  #forgetFull(now: number): void {
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + (now - at) / REFILL_MS >= BURST) {
        this.#buckets.delete(key);
      }
    }
  }
}
