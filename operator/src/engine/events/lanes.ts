import { type Clock, sleep } from "../kit/clock.ts";

export interface LanesOptions<T> {
  /** Tries that may be under way at once. */
  readonly places: number;
  /** How many of the places those may take that try again, and lanes whose last item had to. */
  readonly placesAgain: number;
  readonly clock: Clock;
  /**
   * Tries an item; `attempt` counts from 1. Resolves with the milliseconds after which it is to be tried again, or with
   * undefined when there is no more to do for it. Never rejects, and ends soon when `signal` aborts.
   */
  readonly work: (item: T, attempt: number, signal: AbortSignal) => Promise<number | undefined>;
}

/**
 * Works the items of one key one after the other, and those of different keys beside each other, as far as there are
 * places. A key takes one place, for one try. Keys that are in trouble, however many, leave some places to the others.
 */
export class Lanes<T> {
  readonly #options: LanesOptions<T>;
  readonly #places: Places;
  readonly #placesAgain: Places;
  /** Key → items that have not been tried yet. A lane is there for as long as one of its items is not done. */
  readonly #lanes = new Map<string, Set<T>>();
  readonly #closing = new AbortController();
  #size = 0;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(options: LanesOptions<T>) {
    this.#options = options;
    this.#places = new Places(options.places);
    this.#placesAgain = new Places(options.placesAgain);
  }

  /** Items that are not done. */
  get size(): number {
    return this.#size;
  }

  /** An item that has not been tried yet is there once, however often it is added. */
  add(key: string, item: T): void {
    if (this.#closing.signal.aborted) return;
    const lane = this.#lanes.get(key) ?? new Set<T>();
    if (!lane.has(item)) this.#size += 1;
    lane.add(item);
    if (this.#lanes.has(key)) return;
    this.#lanes.set(key, lane);
    void this.#run(key, lane);
  }

  /** Resolves when every item is done. */
  async drained(): Promise<void> {
    if (this.#size === 0) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
  }

  /** Aborts what is under way, forgets the rest, and takes nothing more. Returns how many items were not done. */
  close(): number {
    const left = this.#size;
    this.#closing.abort();
    this.#lanes.clear();
    this.#size = 0;
    this.#drained?.resolve();
    return left;
  }

  async #run(key: string, lane: Set<T>): Promise<void> {
    // Who adds ends its turn first: what it adds again meanwhile is tried once.
    await Promise.resolve();
    let inTrouble = false;
    for (const item of lane) {
      lane.delete(item);
      inTrouble = (await this.#finish(item, inTrouble)) > 1;
      if (this.#closing.signal.aborted) return;
      this.#size -= 1;
      if (this.#size === 0) {
        this.#drained?.resolve();
        this.#drained = undefined;
      }
    }
    this.#lanes.delete(key);
  }

  /** Returns how many tries it took. */
  async #finish(item: T, inTrouble: boolean): Promise<number> {
    const { clock, work } = this.#options;
    const { signal } = this.#closing;
    for (let attempt = 1; ; attempt++) {
      const once = async () => (signal.aborted ? undefined : work(item, attempt, signal));
      const inPlace = () => this.#places.use(once);
      const pauseMs = await (inTrouble || attempt > 1 ? this.#placesAgain.use(inPlace) : inPlace());
      if (pauseMs === undefined) return attempt;
      await sleep(clock, pauseMs, signal);
    }
  }
}

/** Who finds no place waits for one, in order. */
class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async use<R>(action: () => Promise<R>): Promise<R> {
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
