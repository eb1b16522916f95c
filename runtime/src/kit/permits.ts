import { SaturatedError } from "./errors.ts";

export interface PermitsOptions {
  /** As errors name it. */
  readonly dependency: string;
  /** Operations at once. */
  readonly count: number;
  /** Milliseconds that an operation waits for its turn at most. */
  readonly patience: number;
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

  /**
   * Settles as the operation does.
   *
   * @throws SaturatedError when its turn did not come in time
   */
  async hold<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn();
    try {
      return await operation();
    } finally {
      this.#release();
    }
  }

  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else next();
  }

  async #turn(): Promise<void> {
    const { dependency, patience } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(begin);
      resolve();
    };
    const timer = setTimeout(() => {
      this.#waiting.delete(begin);
      reject(new SaturatedError(dependency, `more are under way than ${dependency} can take`));
    }, patience);
    this.#waiting.add(begin);
    return promise;
  }
}
