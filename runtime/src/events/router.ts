import { type Request, Router } from "express";
import { z } from "zod";
import { identityOf } from "../auth/identity.ts";
import { KeysUnavailableError } from "../auth/key-set.ts";
import { TokenRefusal } from "../auth/refusal.ts";
import { offeredProtocols, upgradeProtocol, upgradeToken } from "../auth/upgrade-token.ts";
import type { Verifier } from "../auth/verify.ts";
import { allowOnly } from "../kit/http/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import { contextOf } from "../kit/http/request.ts";
import { type Upgrade, upgradeOf } from "../kit/http/upgrade.ts";
import { validate } from "../kit/http/validate.ts";
import type { TokenState } from "./connection.ts";
import type { EventConnections } from "./connections.ts";
import { decodeCursor } from "./cursor.ts";
import { allKinds } from "./filter.ts";
import { givenCursor } from "./messages.ts";

/** The parameters in the address of a stream. */
export const streamQuery = z.strictObject({
  cursor: givenCursor.optional().meta({
    description: "Of the last event that was received: has everything since told at once, without a subscription.",
  }),
});

export interface EventRoutesOptions {
  readonly connections: Pick<EventConnections, "requirePlace" | "open">;
  readonly verify: Verifier;
  /** Of pages that may connect; undefined for all. */
  readonly allowedOrigins: readonly string[] | undefined;
}

export function eventRoutes({ connections, verify, allowedOrigins }: EventRoutesOptions): Router {
  const router = Router();
  router
    .route("/ws")
    .get((request) => {
      refuseTokenInAddress(request);
      const { cursor } = validate(streamQuery, request.query, "");
      const upgrade = requireUpgrade(request);
      requireOrigin(request, allowedOrigins);
      connections.requirePlace();
      const from = cursor === undefined ? undefined : decodeCursor(cursor);
      const token = upgradeToken(request);
      const arrival = {
        request,
        identity: identityOf(request),
        log: contextOf(request).log,
        checkToken: () => check(verify, token),
      };
      upgrade.accept((socket, head) =>
        connections.open(arrival, socket, head, (connection) => {
          if (from !== undefined) connection.subscribe(allKinds, from);
        }),
      );
    })
    .all(allowOnly("GET"));
  return router;
}

/** Names that others use for it. What has been in an address is in the logs of everything that it went through. */
const tokenNames = ["token", "access_token", "authorization", "bearer", "jwt"];

function refuseTokenInAddress({ query }: Request): void {
  const name = Object.keys(query).find((candidate) => tokenNames.includes(candidate.toLowerCase()));
  if (name === undefined) return;
  const detail = "A token does not belong into an address, for addresses are logged. Do not use this one any more.";
  throw new Problem("validation-failed", detail, { errors: [{ pointer: name, detail: "is not a known field" }] });
}

/** What RFC 6455 lets the name of a protocol consist of. */
const protocolName = /^[!#$%&'*+.^_`|~\w-]+$/;

function requireUpgrade(request: Request): Upgrade {
  const upgrade = upgradeOf(request);
  if (upgrade === undefined) {
    const detail =
      "Connect with WebSocket (RFC 6455): ws:// or wss:// and this address. docs/api.md tells the protocol.";
    throw new Problem("upgrade-required", detail, { headers: { Upgrade: "websocket" } });
  }
  if (request.headers["sec-websocket-version"] !== "13") {
    const detail = "Only version 13 of WebSocket is spoken here: send it as Sec-WebSocket-Version.";
    throw new Problem("upgrade-required", detail, { headers: { Upgrade: "websocket", "Sec-WebSocket-Version": "13" } });
  }
  if (!/^[+/\dA-Za-z]{22}==$/.test(request.headers["sec-websocket-key"] ?? "")) {
    throw new Problem("bad-request", "Send 16 bytes of chance in base64 as Sec-WebSocket-Key.");
  }
  const offered = offeredProtocols(request);
  if (!offered.every((name) => protocolName.test(name)) || new Set(offered).size < offered.length) {
    throw new Problem("bad-request", "Sec-WebSocket-Protocol has to be a list of names, none of them twice.");
  }
  if (offered.length > 0 && !offered.includes(upgradeProtocol)) {
    throw new Problem("bad-request", `Of the protocols that are offered, one has to be "${upgradeProtocol}".`);
  }
  return upgrade;
}

/**
 * A page of another origin can have a browser connect, but not with the token of somebody else: there are no cookies or
 * other credentials that a browser would send by itself. So this is no protection that the service depends on.
 */
function requireOrigin({ headers: { origin } }: Request, allowed: readonly string[] | undefined): void {
  if (origin === undefined || allowed === undefined || allowed.includes(origin)) return;
  const detail = "EVENT_ALLOWED_ORIGINS of the server does not name the origin of this page.";
  throw new Problem("origin-not-allowed", detail);
}

async function check(verify: Verifier, token: string): Promise<TokenState> {
  try {
    await verify(token);
    return "accepted";
  } catch (err) {
    // Nothing can be said of it for now: it was good before.
    if (err instanceof KeysUnavailableError) return "accepted";
    if (err instanceof TokenRefusal) return err.outcome === "expired" ? "token-expired" : "token-refused";
    throw err;
  }
}
