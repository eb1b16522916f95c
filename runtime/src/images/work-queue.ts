import { Problem } from "../kit/http/problem.ts";

export interface WorkQueueOptions {
  /** Pieces of work done at once. */
  readonly concurrency: number;
  /** Pieces that may wait. */
  readonly longest: number;
}

/** There is no room for one more piece of work just now. */
export function busy(what: string): Problem {
  return new Problem("unavailable", `${what}; nothing was stored, so try again shortly.`, {
    headers: { "Retry-After": "5" },
  });
}

interface Waiting {
  readonly start: () => void;
}

/** Does work in the order in which it comes, so many pieces at once; what would have to wait for long is refused. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.size;
  }

  /**
   * @param signal when it aborts, work that has not begun is not begun
   * @throws Problem "unavailable" when the queue is full; the signal's reason
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#running >= this.#options.concurrency) await this.#turn(signal);
    else this.#running += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#passOn();
    }
  }

  /** Whoever's turn comes takes over the place of one that has ended. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#options.longest) throw busy("Too many images wait to be encoded");
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { start: resolve };
    const giveUp = (): void => {
      this.#waiting.delete(waiting);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    this.#waiting.add(waiting);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  #passOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.start();
  }
}
