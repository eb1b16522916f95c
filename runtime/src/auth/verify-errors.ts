import { errors } from "jose";
import type { AuthSettings } from "./config.ts";
import { TokenRefusal } from "./refusal.ts";

type Expected = Pick<AuthSettings, "algorithms" | "issuer" | "audience">;

/** What an error of jose says of a token; undefined for an error that is not about the token. */
export function refusalOf(err: unknown, expected: Expected): TokenRefusal | undefined {
  const options = { cause: err };
  if (err instanceof errors.JWTExpired) {
    return new TokenRefusal("expired", `The token has expired${when(err.payload.exp, "at")}.`, options);
  }
  if (err instanceof errors.JWTClaimValidationFailed) return refusalOfClaim(err, expected);
  if (err instanceof errors.JOSEAlgNotAllowed) {
    const accepted = expected.algorithms.join(", ");
    const message = `The token is signed by an algorithm that is not accepted here. Accepted: ${accepted}.`;
    return new TokenRefusal("algorithm_not_allowed", message, options);
  }
  if (err instanceof errors.JWKSNoMatchingKey || err instanceof errors.JWKSMultipleMatchingKeys) {
    const message =
      "The token's kid names no key of the issuer: it is from somebody else, or its key has been replaced since.";
    return new TokenRefusal("unknown_key", message, options);
  }
  if (err instanceof errors.JWSSignatureVerificationFailed) {
    const message =
      "The token's signature does not fit: it was changed since the issuer signed it, or somebody else did.";
    return new TokenRefusal("bad_signature", message, options);
  }
  if (err instanceof errors.JOSEError && malformed.has(err.code)) {
    const message =
      "The token is no signed JSON Web Token: three parts in base64url with dots between them, as the issuer gave them.";
    return new TokenRefusal("malformed", message, options);
  }
  return undefined;
}

const malformed: ReadonlySet<string> = new Set([
  errors.JWSInvalid.code,
  errors.JWTInvalid.code,
  errors.JOSENotSupported.code,
]);

function refusalOfClaim(err: errors.JWTClaimValidationFailed, { issuer, audience }: Expected): TokenRefusal {
  const { claim, reason, payload } = err;
  const options = { cause: err };
  if (reason === "missing") return new TokenRefusal("invalid_claims", `The token has no ${claim}.`, options);
  if (reason === "check_failed" && claim === "iss") {
    return new TokenRefusal("wrong_issuer", `The token is from another issuer (iss) than ${issuer}.`, options);
  }
  if (reason === "check_failed" && claim === "aud") {
    return new TokenRefusal(
      "wrong_audience",
      `The token is for somebody else: its aud does not name ${audience}.`,
      options,
    );
  }
  if (reason === "check_failed" && claim === "nbf") {
    return new TokenRefusal(
      "not_yet_valid",
      `The token is not valid${when(payload.nbf, "before") || " yet"}.`,
      options,
    );
  }
  return new TokenRefusal("invalid_claims", `The token's ${claim} is not what it has to be.`, options);
}

/** Seconds since 1970, beyond which no date can be written. */
const latest = 8.64e12;

function when(seconds: unknown, word: string): string {
  if (typeof seconds !== "number" || Math.abs(seconds) > latest) return "";
  return ` ${word} ${new Date(seconds * 1_000).toISOString()}`;
}
