import { Problem } from "../kit/http/problem.ts";
import type { AuthSettings } from "./config.ts";
import type { Identity } from "./identity.ts";
import type { KeysUnavailableError } from "./key-set.ts";
import type { TokenRefusal } from "./refusal.ts";
import { type Role, roles } from "./roles.ts";
import { upgradeProtocol } from "./upgrade-token.ts";

const realm = "profile-platform";

/** Seconds after which keys may be there. */
const retryAfter = 5;

/** Names of roles that are told at most, and characters of each: an issuer may give hundreds. */
const most = { names: 10, length: 64 };

/** Where tokens come from, as the end of a problem's detail. */
export function tokenAdvice({ keys, issuer }: Pick<AuthSettings, "keys" | "issuer">): string {
  const where = keys.kind === "oidc" ? `from ${issuer}` : 'with "profileplatform token"';
  return `Get one ${where}, and send it as "Authorization: Bearer …".`;
}

/** As the end of what is said of a WebSocket's token: from a browser it comes another way. */
export const socketAdvice = `A page offers it as a protocol: new WebSocket(url, ["${upgradeProtocol}", "bearer.…"]).`;

/** @param advice where tokens come from */
export function refusalProblem(refusal: TokenRefusal, advice: string): Problem {
  const { outcome, message } = refusal;
  const options = (error?: string) => ({ headers: challenge(error, outcome), cause: refusal });
  if (outcome === "missing") return new Problem("token-required", `${message} ${advice}`, options());
  if (outcome === "repeated") return new Problem("bad-request", `${message} Send one.`, options("invalid_request"));
  return new Problem("invalid-token", `${message} ${advice}`, options("invalid_token"));
}

export function keysUnavailableProblem(cause: KeysUnavailableError): Problem {
  const detail = "The keys that tokens are checked with have not been had yet; try again shortly.";
  return new Problem("unavailable", detail, { headers: { "Retry-After": String(retryAfter) }, cause });
}

export function insufficientRole(needed: Role, identity: Identity): Problem {
  const has = identity.fault ?? `it has ${listed(identity.claimed)}`;
  const detail =
    `This needs a token with the role ${needed}: ${has}. ` +
    `The roles are ${roles.join(", ")}, each of which may do what those before it may.`;
  return new Problem("insufficient-role", detail, { headers: challenge("insufficient_scope", "insufficient_role") });
}

/** RFC 6750, section 3: a request that had no token at all is told no error. */
function challenge(error: string | undefined, outcome: string): Readonly<Record<string, string>> {
  const told = error === undefined ? "" : `, error="${error}", error_description="${outcome.replaceAll("_", " ")}"`;
  return { "WWW-Authenticate": `Bearer realm="${realm}"${told}` };
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const told = names.slice(0, most.names).map((name) => name.slice(0, most.length));
  const others = names.length - told.length;
  return `${told.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}
