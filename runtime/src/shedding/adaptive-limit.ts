export interface AdaptiveLimitOptions {
  /** Milliseconds of waiting above which there is too much to do. */
  readonly target: number;
  /** Requests in flight. */
  readonly minimum: number;
  readonly maximum: number;
}

/** What is left of the limit each time that there is too much to do. */
const decrease = 0.7;

/** By what part the limit grows each time that it was reached and there was not too much to do. */
const increase = 0.1;

/** From this part on, a limit counts as reached. */
const reached = 0.9;

/**
 * How many requests may be in flight at once, found out as TCP finds out how much a network takes: it grows little by
 * little while it is used and nothing waits for long, and falls at once by a part when something does. What it goes by is
 * the time that requests wait and not how long they take, so that slow ones are no sign of trouble. A wait counts if two
 * looks in a row find it, so that a single long pause, such as that of a garbage collection, does not.
 */
export class AdaptiveLimit {
  readonly #options: AdaptiveLimitOptions;
  #limit: number;
  #before = 0;

  constructor(options: AdaptiveLimitOptions) {
    this.#options = options;
    this.#limit = options.maximum;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  get isHighest(): boolean {
    return this.limit >= this.#options.maximum;
  }

  /**
   * To be called at even intervals.
   *
   * @param delay milliseconds that requests wait just now
   * @param inFlight the most requests that have been in flight since the last call
   * @returns whether there is too much to do
   */
  look(delay: number, inFlight: number): boolean {
    const { target, minimum, maximum } = this.#options;
    const standing = Math.min(delay, this.#before);
    this.#before = delay;
    if (standing > target) {
      this.#limit = Math.max(minimum, Math.min(this.#limit, inFlight) * decrease);
      // What is in flight already has to be done before it can tell: the next two looks decide anew.
      this.#before = 0;
      return true;
    }
    if (inFlight >= this.limit * reached && delay <= target) {
      this.#limit = Math.min(maximum, this.#limit + Math.max(1, this.#limit * increase));
    }
    return false;
  }
}
