export interface ReadyKey {
  readonly key: string;
  readonly priority: number;
  /** Time of the first add. */
  readonly since: number;
}

export interface TakeOptions {
  readonly from?: "highest" | "lowest";
  readonly except?: number | undefined;
}

/** Keys in order of priority, within a priority in order of arrival. */
export class ReadyKeys {
  // Few priorities are ever in use, so a list of them is searched faster than a heap is kept.
  readonly #levels = new Map<number, Set<string>>();
  readonly #keys = new Map<string, ReadyKey>();

  get size(): number {
    return this.#keys.size;
  }

  /** Keys of one priority. */
  sizeOf(priority: number): number {
    return this.#levels.get(priority)?.size ?? 0;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Returns whether the key is new; a known one only rises. */
  add(key: string, priority: number, now: number): boolean {
    const known = this.#keys.get(key);
    if (known !== undefined && known.priority >= priority) {
      return false;
    }
    this.#remove(known);
    const level = this.#levels.get(priority) ?? new Set();
    this.#levels.set(priority, level.add(key));
    this.#keys.set(key, { key, priority, since: known?.since ?? now });
    return known === undefined;
  }

  /** The first key of the highest priority, or of the lowest one; keys of the priority `except` stay. */
  take({ from = "highest", except }: TakeOptions = {}): ReadyKey | undefined {
    const priorities = [...this.#levels.keys()].filter((priority) => priority !== except);
    if (priorities.length === 0) {
      return undefined;
    }
    const [key] = this.#levels.get(from === "highest" ? Math.max(...priorities) : Math.min(...priorities)) ?? [];
    const taken = key === undefined ? undefined : this.#keys.get(key);
    this.#remove(taken);
    return taken;
  }

  #remove(ready: ReadyKey | undefined): void {
    if (ready === undefined) {
      return;
    }
    this.#keys.delete(ready.key);
    const level = this.#levels.get(ready.priority);
    level?.delete(ready.key);
    if (level?.size === 0) {
      this.#levels.delete(ready.priority);
    }
  }
}
