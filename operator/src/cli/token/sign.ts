import { Buffer } from "node:buffer";
import { createPrivateKey, sign } from "node:crypto";
import type { SigningKey } from "../../components/server-layer/auth/signing-key.ts";
import type { TokenRole } from "../../names.ts";

/** What a token says. Times are seconds since the epoch. */
export interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly roles: readonly TokenRole[];
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

/** A token in the compact form of RFC 7515, signed with ES256. */
export function signToken({ privatePEM, publicJWK }: SigningKey, claims: Claims): string {
  const header = { alg: publicJWK.alg, typ: "JWT", kid: publicJWK.kid };
  const content = `${encode(header)}.${encode(claims)}`;
  // RFC 7518 wants the two numbers of a signature as they are, not in DER.
  const key = { key: createPrivateKey(privatePEM), dsaEncoding: "ieee-p1363" } as const;
  return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
}
