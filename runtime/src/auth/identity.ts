import type { Request } from "express";
import type { Role } from "./roles.ts";

/** Whose a request is, as its token says. */
export interface Identity {
  /** The issuer's name for whoever sent it. */
  readonly subject: string;
  /** When the token expires, clocks that differ allowed for. Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Roles as the token has them, those that mean nothing here included. */
  readonly claimed: readonly string[];
  /** The highest of those that mean something. */
  readonly role?: Role;
  /** What is wrong with the claim that should have them. */
  readonly fault?: string;
}

const identities = new WeakMap<Request, Identity>();

export function identify(request: Request, identity: Identity): void {
  identities.set(request, identity);
}

/** Whose a request is that has passed `authenticate`. */
export function identityOf(request: Request): Identity {
  const identity = identities.get(request);
  if (identity === undefined) throw new Error("the request passed no authenticate handler");
  return identity;
}
