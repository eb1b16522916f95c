import type { Clock } from "../kit/clock.ts";

/**
 * Milliseconds after which a reconcile is slow. The longest of those that go well, the first apply of a platform, takes
 * 0.3 to 1.5 s on a loaded API server, 0.6 s on average while a hundred are created with every core busy. It has to be
 * above that average: if most were slow, more and more would be under way on a server that is loaded already. And it
 * must not be more than the second within which drift is undone, since that is how long the others wait when all workers
 * begin to hang at once.
 */
export const SLOW_MS = 1_000;

/**
 * Slow reconciles that are replaced at most. A request that hangs in an admission webhook keeps its seat in the API
 * server, of which 245 are for the requests of all service accounts together (Kubernetes 1.36 as it comes, priority
 * level `workload-low`); without one, requests of others would hang as well, whatever is free here. A platform has up
 * to eight requests under way, so that four workers and 24 more take 224 at most.
 */
export const MOST_SLOW = 24;

/**
 * Places beside those of the workers, for reconciles that are slow. One that finds no place keeps its worker until a place
 * is free.
 */
export class SlowPlaces {
  readonly #clock: Clock;
  #free = MOST_SLOW;
  /** Slow ones that wait for a place, the oldest first. */
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * A reconcile begins; `onMoved` is called when it is slow and has a place. The returned function tells its end, and says
   * whether it had one.
   */
  begin(onMoved: () => void): () => boolean {
    let hasPlace = false;
    const move = (): void => {
      this.#waiting.delete(move);
      this.#free -= 1;
      hasPlace = true;
      onMoved();
    };
    const cancel = this.#clock.schedule(() => {
      if (this.#free > 0) move();
      else this.#waiting.add(move);
    }, SLOW_MS);
    return () => {
      cancel();
      this.#waiting.delete(move);
      if (hasPlace) {
        this.#free += 1;
        const [next] = this.#waiting;
        next?.();
      }
      return hasPlace;
    };
  }
}
