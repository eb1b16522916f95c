import type { Clock } from "../kit/clock.ts";

/** Nothing came for longer than the other side may be silent. */
export class IdleError extends Error {
  override readonly name = "IdleError";
}

/** Something from which word is expected. */
export interface Listened {
  /** Monotonic milliseconds. */
  readonly heardAt: number;
  onIdle(error: IdleError): void;
}

/** Tells of those from which nothing came for `idleMs`: one timer for however many there are. */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #listened = new Set<Listened>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, idleMs: number) {
    this.#clock = clock;
    this.#idleMs = idleMs;
  }

  add(listened: Listened): void {
    this.#listened.add(listened);
    // Those before were heard earlier, and the timer that runs is theirs.
    if (this.#cancel === undefined) this.#schedule(this.#idleMs);
  }

  delete(listened: Listened): void {
    this.#listened.delete(listened);
    if (this.#listened.size === 0) {
      this.#cancel?.();
      this.#cancel = undefined;
    }
  }

  #schedule(ms: number): void {
    this.#cancel = this.#clock.schedule(() => this.#look(), ms);
  }

  #look(): void {
    this.#cancel = undefined;
    const now = this.#clock.monotonic();
    const idle = [...this.#listened].filter(({ heardAt }) => heardAt + this.#idleMs <= now);
    for (const listened of idle) this.#listened.delete(listened);
    if (this.#listened.size > 0) {
      const earliest = [...this.#listened].reduce((least, { heardAt }) => Math.min(least, heardAt), now);
      this.#schedule(earliest + this.#idleMs - now);
    }
    for (const listened of idle) {
      listened.onIdle(new IdleError(`nothing came for ${Math.round(now - listened.heardAt)} ms`));
    }
  }
}
