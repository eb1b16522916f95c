import { createHash } from "node:crypto";
import { Problem } from "../kit/http/problem.ts";
import type { Budget } from "./budget.ts";
import { busy } from "./busy.ts";

/** A file that was uploaded. Whoever has it releases it, or its memory counts as taken forever. */
export interface UploadedFile {
  readonly bytes: Buffer;
  /** SHA-256 of the bytes. */
  readonly hash: Buffer;
  release(): void;
}

export function tooLarge(maximum: number): Problem {
  const detail = `The image is larger than the ${maximum.toLocaleString("en")} bytes that are accepted. Make it smaller, and send that.`;
  return new Problem("body-too-large", detail);
}

/** Collects a file as it arrives, within the limits. */
export class FileCollector {
  readonly #maximum: number;
  readonly #budget: Budget;
  readonly #hash = createHash("sha256");
  #bytes: Buffer;
  #length = 0;

  /** @param expected bytes that are said to come: with them, nothing has to be copied twice */
  constructor(maximum: number, budget: Budget, expected: number) {
    this.#maximum = maximum;
    this.#budget = budget;
    // Memory that nothing was written to takes no place yet.
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(maximum, expected));
  }

  /** @throws Problem when the file has become too large, or all that arrive together have */
  add(chunk: Buffer): void {
    if (this.#length + chunk.length > this.#maximum) throw tooLarge(this.#maximum);
    if (!this.#budget.take(chunk.length)) throw busy("Too many images arrive at once");
    this.#makeRoom(this.#length + chunk.length);
    chunk.copy(this.#bytes, this.#length);
    this.#length += chunk.length;
    this.#hash.update(chunk);
  }

  /** Gives back the memory of what has been collected. */
  release(): void {
    this.#budget.give(this.#length);
    this.#length = 0;
    this.#bytes = Buffer.alloc(0);
  }

  finish(): UploadedFile {
    const bytes = this.#bytes.subarray(0, this.#length);
    return { bytes, hash: this.#hash.digest(), release: () => this.release() };
  }

  #makeRoom(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#maximum, Math.max(length, 2 * this.#bytes.length, 65_536)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
