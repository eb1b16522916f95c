import { hashOf } from "./content.ts";

/** So many values are remembered at least, and twice as many at most: some thousand owners with a few sets of labels. */
const DEFAULT_CAPACITY = 16_384;

/**
 * Gives equal values one place in memory: names, labels and owner references repeat in thousands of objects. It forgets
 * what nobody has asked for lately, so that it never grows with what came and went; forgetting costs a second copy at
 * worst, since whoever holds a value keeps it.
 */
export class Interner {
  readonly #texts: Generations<string>;
  readonly #values: Generations<unknown>;

  constructor(capacity = DEFAULT_CAPACITY) {
    this.#texts = new Generations(capacity);
    this.#values = new Generations(capacity);
  }

  text<T extends string | undefined>(text: T): T {
    return text === undefined ? text : (this.#texts.get(text, () => text) as T);
  }

  /** Equal JSON values come back as the same one, which nobody may change. */
  value<T>(value: T): T {
    return value === undefined ? value : (this.#values.get(hashOf(value), () => this.#rebuild(value)) as T);
  }

  #part(value: unknown): unknown {
    return typeof value === "object" && value !== null ? this.value(value) : this.#rebuild(value);
  }

  #rebuild(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null) return value;
    // Parts of it may be those of another value as well.
    if (Array.isArray(value)) return value.map((item) => this.#part(item));
    return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, this.#part(item)]));
  }
}

/** The values of two generations: when the younger is full, the older one is forgotten. */
class Generations<T> {
  readonly #capacity: number;
  #younger = new Map<string, T>();
  #older = new Map<string, T>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string, make: () => T): T {
    const known = this.#younger.get(key);
    if (known !== undefined) return known;
    const value = this.#older.get(key) ?? make();
    if (this.#younger.size >= this.#capacity) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(key, value);
    return value;
  }
}
