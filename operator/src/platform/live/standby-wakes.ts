import type { AddOptions, WorkQueue } from "../../engine/controller/work-queue.ts";

/**
 * Keeps the keys that are to be worked once this replica leads. The queue of one that stands by is empty: its depth
 * would tell of work that another does, and its waiting times, after hours, of nothing at all.
 */
export class StandbyWakes {
  readonly #queue: Pick<WorkQueue, "add">;
  #held: Map<string, number> | undefined = new Map();

  constructor(queue: Pick<WorkQueue, "add">) {
    this.#queue = queue;
  }

  /** As the queue's, whose rules it keeps: adds of a key merge, at the higher priority. */
  add(key: string, { priority = 0 }: AddOptions = {}): void {
    if (this.#held === undefined) this.#queue.add(key, { priority });
    else this.#held.set(key, Math.max(priority, this.#held.get(key) ?? priority));
  }

  /** Hands over what was kept; from now on everything goes to the queue. */
  release(): void {
    const held = this.#held ?? new Map<string, number>();
    this.#held = undefined;
    for (const [key, priority] of held) this.#queue.add(key, { priority });
  }
}
