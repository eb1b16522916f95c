import type { IncomingMessage } from "node:http";
import { bearerToken } from "./bearer.ts";
import { TokenRefusal } from "./refusal.ts";

/** What clients that offer protocols have to offer: it is the one that is chosen. */
export const upgradeProtocol = "profile-platform.events.v1";

const tokenPrefix = "bearer.";

/** The protocols that a client offers for a WebSocket, those with a token included. */
export function offeredProtocols({ headersDistinct }: Pick<IncomingMessage, "headersDistinct">): readonly string[] {
  const lines = headersDistinct["sec-websocket-protocol"] ?? [];
  return lines.flatMap((line) => line.split(",")).map((name) => name.trim());
}

/**
 * The token of a request for a WebSocket. Browsers let a page set no header but the offered protocols, so one of these
 * may have it. It never stands in the address, which is logged on its way.
 *
 * @throws TokenRefusal when there is none, more than one, or something else
 */
export function upgradeToken(request: Pick<IncomingMessage, "headersDistinct">): string {
  const tokens = offeredProtocols(request).filter((name) => name.startsWith(tokenPrefix));
  const [offered, ...others] = tokens.map((name) => name.slice(tokenPrefix.length));
  if (offered === undefined) return bearerToken(request);
  if (others.length > 0 || request.headersDistinct["authorization"] !== undefined) {
    throw new TokenRefusal("repeated", "The request has more than one token.");
  }
  if (offered === "") throw new TokenRefusal("malformed", `What stands behind "${tokenPrefix}" is no token.`);
  return offered;
}

/** The token of a request, for a WebSocket or not; undefined where `upgradeToken` throws. */
export function tokenIfAny(request: Pick<IncomingMessage, "headersDistinct">): string | undefined {
  try {
    return upgradeToken(request);
  } catch (err) {
    if (err instanceof TokenRefusal) return undefined;
    throw err;
  }
}
