import { type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import type { AuthSettings } from "./config.ts";
import type { Identity } from "./identity.ts";
import { TokenRefusal } from "./refusal.ts";
import { highestRole } from "./roles.ts";
import { claimedRoles } from "./roles-claim.ts";
import { refusalOf } from "./verify-errors.ts";

/** Seconds that the clocks of issuer and service may differ. */
const clockTolerance = 30;

/** It is logged, and part of a key in the database: no longer than OpenID Connect allows, and nothing that cannot be shown. */
const acceptableSubject = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,255}$/u;

export interface VerifierOptions {
  readonly settings: Omit<AuthSettings, "keys">;
  readonly find: JWTVerifyGetKey;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Tells whose a token is. @throws TokenRefusal; KeysUnavailableError */
export type Verifier = (token: string) => Promise<Identity>;

/** Checks each token from the beginning; verified-tokens.ts spares those that come again. */
export function createVerifier({ settings, find, now }: VerifierOptions): Verifier {
  const { algorithms, issuer, audience, rolesClaim } = settings;
  const options: JWTVerifyOptions = {
    algorithms: [...algorithms],
    issuer,
    audience,
    clockTolerance,
    requiredClaims: ["exp", "iat", "sub"],
  };
  return async (token) => {
    const time = now();
    try {
      const { payload } = await jwtVerify(token, find, { ...options, currentDate: new Date(time) });
      return identityIn(payload, rolesClaim, time / 1_000);
    } catch (err) {
      throw refusalOf(err, settings) ?? err;
    }
  };
}

function identityIn(payload: JWTPayload, rolesClaim: string, now: number): Identity {
  const { sub, iat = Number.NaN, exp = Number.NaN } = payload;
  if (typeof sub !== "string" || !acceptableSubject.test(sub)) {
    throw new TokenRefusal("invalid_claims", "The token's sub is not 1 to 255 characters that can be shown.");
  }
  if (iat > now + clockTolerance) {
    const message =
      "The token says that it was issued in the future: compare the clocks of its issuer and of this service.";
    throw new TokenRefusal("not_yet_valid", message);
  }
  const { names, fault } = claimedRoles(payload, rolesClaim);
  const role = highestRole(names);
  return {
    subject: sub,
    expiresAt: (exp + clockTolerance) * 1_000,
    claimed: names,
    ...(role === undefined ? {} : { role }),
    ...(fault === undefined ? {} : { fault: `its claim ${rolesClaim} ${fault}` }),
  };
}
