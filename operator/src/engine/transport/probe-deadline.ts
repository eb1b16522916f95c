import type { Clock } from "../kit/clock.ts";

const SHORTEST_MS = 500;
const LONGEST_MS = 4000;
/** An answer may take this many times as long as the slowest of late. */
const ALLOWANCE = 3;
const HALF_LIFE_MS = 20_000;

/**
 * How long a server may take to give a sign of life: from half a second up to four, by how long it took of late, new
 * connections included: a server that was wrongly taken for dead is as slow there, and gets more time from then on. A
 * late answer on the old connection would not tell a slow server from a network that was gone for a while. What was
 * learnt fades by half each 20 s.
 *
 * Four seconds at most, since no request may lie in a dead connection for longer than a lease outlives its renewal: it
 * could arrive when another process leads.
 */
export class ProbeDeadline {
  readonly #clock: Clock;
  #learntMs = 0;
  #learntAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get ms(): number {
    return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, this.#faded()));
  }

  /** A sign of life came after `ms`. */
  answered(ms: number): void {
    const allowed = Math.min(ms * ALLOWANCE, LONGEST_MS);
    if (allowed > this.#faded()) {
      this.#learntMs = allowed;
      this.#learntAt = this.#clock.monotonic();
    }
  }

  #faded(): number {
    return this.#learntMs * 2 ** -((this.#clock.monotonic() - this.#learntAt) / HALF_LIFE_MS);
  }
}
