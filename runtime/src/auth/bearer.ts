import type { IncomingMessage } from "node:http";
import { TokenRefusal } from "./refusal.ts";

/** RFC 9110: names of schemes are alike in upper and lower case, and blanks come before what follows. */
const credentials = /^([!#$%&'*+.^_`|~\w-]+)(?: +(.*))?$/;

/** What RFC 6750 lets a token consist of. */
const tokenText = /^[\w.~+/-]+=*$/;

/**
 * The bearer token of a request.
 *
 * @throws TokenRefusal when there is none, more than one, or something else
 */
export function bearerToken({ headersDistinct }: Pick<IncomingMessage, "headersDistinct">): string {
  const [header, ...others] = headersDistinct["authorization"] ?? [];
  if (header === undefined) throw new TokenRefusal("missing", "The request has no Authorization header.");
  if (others.length > 0) throw new TokenRefusal("repeated", "The request has more than one Authorization header.");
  const [, scheme, token = ""] = credentials.exec(header) ?? [];
  if (scheme === undefined) throw new TokenRefusal("malformed", "The Authorization header names no scheme.");
  if (scheme.toLowerCase() !== "bearer") {
    throw new TokenRefusal("missing", "The Authorization header has another scheme than Bearer.");
  }
  if (!tokenText.test(token)) {
    throw new TokenRefusal("malformed", "What stands behind Bearer is no token: one text without blanks.");
  }
  return token;
}
