import { createHash } from "node:crypto";
import { Problem } from "../kit/http/problem.ts";
import type { Budget } from "./budget.ts";
import { busy } from "./work-queue.ts";

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
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(maximum: number, budget: Budget) {
    this.#maximum = maximum;
    this.#budget = budget;
  }

  /** @throws Problem when the file has become too large, or all that arrive together have */
  add(chunk: Buffer): void {
    if (this.#length + chunk.length > this.#maximum) throw tooLarge(this.#maximum);
    if (!this.#budget.take(chunk.length)) throw busy("Too many images arrive at once");
    this.#length += chunk.length;
    this.#chunks.push(chunk);
    this.#hash.update(chunk);
  }

  /** Gives back the memory of what has been collected. */
  release(): void {
    this.#budget.give(this.#length);
    this.#length = 0;
    this.#chunks = [];
  }

  finish(): UploadedFile {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return { bytes, hash: this.#hash.digest(), release: () => this.release() };
  }
}
