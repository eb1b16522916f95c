/** A number of bytes that all uploads together may hold in memory. */
export class Budget {
  readonly #total: number;
  #held = 0;

  constructor(total: number) {
    this.#total = total;
  }

  get held(): number {
    return this.#held;
  }

  /** @returns whether there is room; if not, nothing is taken */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#total) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}
