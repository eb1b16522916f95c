import { hash } from "node:crypto";
import { noteLatest } from "../kit/latest.ts";
import type { Identity } from "./identity.ts";
import type { Verifier } from "./verify.ts";

export interface VerifiedTokensOptions {
  readonly verify: Verifier;
  /** Another number whenever the keys have become others. */
  readonly generation: () => number;
  /** Tokens that are remembered at most. */
  readonly largest: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Verified {
  readonly identity: Identity;
  /** When it was known to be valid. Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Has a token that comes again checked once only: a signature is a third of what a read from the cache costs. The
 * outcome is that of checking it anew, for it depends on nothing but the token, the keys and the time, and what is
 * remembered ends with the keys that it was checked with, when the token expires, and when the clock was set back.
 * Of a token there is a digest, with which nobody can do anything. Refusals are not remembered: anybody can send as
 * many different ones as they like.
 */
export function rememberVerified({ verify, generation, largest, now }: VerifiedTokensOptions): Verifier {
  const verified = new Map<string, Verified>();
  let checkedWith = generation();
  return async (token) => {
    const current = generation();
    if (current !== checkedWith) {
      verified.clear();
      checkedWith = current;
    }
    const digest = hash("sha256", token, "base64");
    const known = verified.get(digest);
    const time = now();
    if (known !== undefined && known.at <= time && time < known.identity.expiresAt) return known.identity;
    const identity = await verify(token);
    // It may have waited for other keys, and others may have cleared what is remembered meanwhile.
    if (generation() === current && checkedWith === current)
      noteLatest(verified, largest, digest, { identity, at: now() });
    return identity;
  };
}
