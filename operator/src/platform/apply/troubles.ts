const SOONEST_MS = 100;
const LATEST_MS = 5_000;

/**
 * When to try again what the API server refused. Most refusals last until somebody acts; some are over in a moment, and
 * no event tells of either: the node port of a Service, for one, is given back a little after the Service is gone. So
 * the pauses are as long as the trouble is old, from a tenth of a second up to five. Times are monotonic milliseconds.
 */
export class Troubles {
  #objects: ReadonlySet<string> = new Set();
  #since = 0;

  /** Takes the objects that one reconcile could not apply, and whether it wrote others, which may have been in the way. */
  met(objects: readonly string[], wrote: boolean, now: number): void {
    const isNew = objects.some((object) => !this.#objects.has(object));
    if (isNew || wrote) this.#since = now;
    this.#objects = new Set(objects);
  }

  /** Undefined without any. */
  nextMs(now: number): number | undefined {
    if (this.#objects.size === 0) return undefined;
    return Math.min(Math.max(now - this.#since, SOONEST_MS), LATEST_MS);
  }
}
