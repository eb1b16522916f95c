import { noteLatest } from "../kit/latest.ts";
import { type Decision, type Policy, take } from "./policy.ts";

/**
 * Buckets of this process alone. There are never more than so many: the one that nobody has asked for longest goes
 * first, and whoever comes back to it finds it full. Nothing runs by the clock.
 */
export class MemoryBuckets {
  readonly #largest: number;
  /** When each bucket is full, the latest used last. */
  readonly #fullAt = new Map<string, number>();

  /** @param largest number of buckets */
  constructor(largest: number) {
    this.#largest = largest;
  }

  get size(): number {
    return this.#fullAt.size;
  }

  /** @param now milliseconds on a clock that never goes back */
  take(policy: Policy, key: string, now: number): Decision {
    const decision = take(policy, this.untilFull(key, now));
    this.note(key, now + decision.untilFull);
    return decision;
  }

  /** Milliseconds until the bucket is full. */
  untilFull(key: string, now: number): number {
    return Math.max(0, (this.#fullAt.get(key) ?? now) - now);
  }

  /** Remembers what was decided elsewhere. */
  note(key: string, fullAt: number): void {
    noteLatest(this.#fullAt, this.#largest, key, fullAt);
  }
}
