import { isWrite, type Sample } from "./sample.ts";

/** What became of all requests so far. */
export class Samples {
  readonly all: Sample[] = [];
  #lastFailure = Number.NEGATIVE_INFINITY;
  #lastWrite = Number.NEGATIVE_INFINITY;

  add(sample: Sample): void {
    this.all.push(sample);
    const { outcome, answeredAt } = sample;
    if (outcome === "failed") this.#lastFailure = Math.max(this.#lastFailure, answeredAt);
    else if (outcome === "succeeded" && isWrite(sample)) this.#lastWrite = Math.max(this.#lastWrite, answeredAt);
  }

  /** When a request failed last; -Infinity when none has. */
  get lastFailure(): number {
    return this.#lastFailure;
  }

  /** When a write succeeded last; -Infinity when none has. */
  get lastWrite(): number {
    return this.#lastWrite;
  }
}
