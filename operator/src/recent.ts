/** What was made for the keys that were asked for last; the rest is made again. */
export class Recent<K, V> {
  readonly #capacity: number;
  readonly #values = new Map<K, V>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  find(key: K): V | undefined {
    return this.#values.get(key);
  }

  get(key: K, make: () => V): V {
    const value = this.#values.has(key) ? (this.#values.get(key) as V) : make();
    // The last that was asked for stands last.
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#capacity) this.#values.delete(oldest as K);
    return value;
  }
}
