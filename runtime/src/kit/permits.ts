/**
 * How long somebody waits for a turn. It is begun when the waiting begins, and gives up by calling `leave`, with what is
 * to be thrown.
 *
 * @returns what is called when the waiting has ended, in whatever way
 */
export type Patience = (leave: (reason: unknown) => void) => () => void;

/** Waits for so many milliseconds at most. @param late what is thrown then */
export function forMilliseconds(ms: number, late: () => Error): Patience {
  return (leave) => {
    const timer = setTimeout(() => leave(late()), ms);
    return () => clearTimeout(timer);
  };
}

/** Waits until the signal aborts, and throws its reason then. */
export function untilAborted(signal: AbortSignal): Patience {
  return (leave) => {
    const giveUp = (): void => leave(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    return () => signal.removeEventListener("abort", giveUp);
  };
}

export interface PermitsOptions {
  /** Operations at once. */
  readonly count: number;
  /** Operations that may wait, and what the one beyond them is told; as many as come without it. */
  readonly queue?: { readonly longest: number; readonly full: () => Error };
}

/** Lets so many operations run at a time; others wait in the order in which they came. */
export class Permits {
  readonly #options: PermitsOptions;
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(options: PermitsOptions) {
    this.#options = options;
    this.#free = options.count;
  }

  /** Operations that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Settles as the operation does.
   *
   * @throws what `patience` gives up with, and what is said when too many wait; nothing was begun then
   */
  async hold<T>(operation: () => Promise<T>, patience: Patience): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(patience);
    try {
      return await operation();
    } finally {
      this.#release();
    }
  }

  /** Whoever's turn comes takes over the place of one that has ended. */
  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else next();
  }

  async #turn(patience: Patience): Promise<void> {
    const { queue } = this.#options;
    if (queue !== undefined && this.#waiting.size >= queue.longest) throw queue.full();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Out of the queue at once: who has left must not be given a turn in the meantime.
    const begin = (): void => {
      this.#waiting.delete(begin);
      resolve();
    };
    this.#waiting.add(begin);
    const end = patience((reason) => {
      this.#waiting.delete(begin);
      reject(reason);
    });
    try {
      await promise;
    } finally {
      end();
    }
  }
}
