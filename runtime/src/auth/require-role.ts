import type { Request } from "express";
import { identityOf } from "./identity.ts";
import { insufficientRole } from "./problems.ts";
import { type Role, suffices } from "./roles.ts";

const refused = new WeakSet<Request>();

/** @throws Problem "insufficient-role" when the request's token does not have the role, nor a higher one */
export function requireRole(request: Request, needed: Role): void {
  const identity = identityOf(request);
  if (suffices(identity.role, needed)) return;
  refused.add(request);
  throw insufficientRole(needed, identity);
}

/** Whether a role was asked of the request that it does not have. */
export function wasRefused(request: Request): boolean {
  return refused.has(request);
}
