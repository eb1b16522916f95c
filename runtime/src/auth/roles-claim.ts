import type { JWTPayload } from "jose";

/** What a token says in its claim of roles. */
export interface ClaimedRoles {
  /** As they stand there; none when the claim is not as it should be. */
  readonly names: readonly string[];
  /** What is wrong with the claim, as the end of a sentence: "is missing". */
  readonly fault?: string;
}

/**
 * Reads the claim of roles: a list of texts, or one text with blanks between them.
 *
 * @param claim the claim's name, or a path such as `realm_access.roles`; a claim whose name has dots comes first
 */
export function claimedRoles(payload: JWTPayload, claim: string): ClaimedRoles {
  const value = valueAt(payload, claim);
  if (value === undefined) return { names: [], fault: "is missing" };
  if (typeof value === "string") return { names: value.split(" ").filter((name) => name !== "") };
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return { names: value };
  return { names: [], fault: "is neither a list of texts nor a text" };
}

function valueAt(payload: JWTPayload, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim];
  return claim.split(".").reduce<unknown>((value, name) => {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  }, payload);
}
