import { createHash } from "node:crypto";

/**
 * Remembers which tokens were accepted lately, a digest of each, and never more than so many. It grants nothing: a
 * token that is known is checked like any other one. But it need not wait because of others at the same address.
 */
export class KnownTokens {
  readonly #largest: number;
  readonly #digests = new Set<string>();

  constructor(largest: number) {
    this.#largest = largest;
  }

  add(token: string): void {
    const digest = digestOf(token);
    this.#digests.delete(digest);
    this.#digests.add(digest);
    if (this.#digests.size <= this.#largest) return;
    const [oldest] = this.#digests;
    if (oldest !== undefined) this.#digests.delete(oldest);
  }

  has(token: string): boolean {
    return this.#digests.has(digestOf(token));
  }
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
