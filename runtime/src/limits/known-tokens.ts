import { hash } from "node:crypto";
import { noteLatest } from "../kit/latest.ts";

/**
 * Remembers which tokens were accepted lately, a digest of each, and never more than so many. It grants nothing: a
 * token that is known is checked like any other one. But it need not wait because of others at the same address.
 */
export class KnownTokens {
  readonly #largest: number;
  readonly #digests = new Map<string, true>();

  constructor(largest: number) {
    this.#largest = largest;
  }

  add(token: string): void {
    noteLatest(this.#digests, this.#largest, digestOf(token), true);
  }

  has(token: string): boolean {
    return this.#digests.has(digestOf(token));
  }
}

function digestOf(token: string): string {
  return hash("sha256", token, "base64");
}
