import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDuration } from "@profile-platform/operator/duration";
import { TOKEN_AUDIENCE, type TokenRole } from "@profile-platform/operator/names";
import { signToken } from "@profile-platform/operator/sign-token";
import { makeSigningKey, readSigningKey, type SigningKey } from "@profile-platform/operator/signing-key";
import { keptFile, writeOwn } from "./kept-file.ts";

/** What tokens name as their issuer (`iss`). Nothing is ever read from there. */
export const DEV_ISSUER = "https://localhost/profile-platform";

/** As long as the embedded issuer of a platform allows at most. */
const LONGEST = "24h";

/** Makes the issuer's key in a folder, unless it is there, and `jwks.json` with its public half beside it. */
export function publishKey(folder: string): void {
  const path = keyFile(folder);
  const { publicJWK } = parse(
    keptFile(path, () => makeSigningKey().privatePEM),
    path,
  );
  writeOwn(keySetFile(folder), `${JSON.stringify({ keys: [publicJWK] }, undefined, 2)}\n`);
}

function keyFile(folder: string): string {
  return join(folder, "signing-key.pem");
}

/** Path of the JSON Web Key Set that servers check tokens with. */
export function keySetFile(folder: string): string {
  return join(folder, "jwks.json");
}

export interface TokenWishes {
  readonly role: TokenRole;
  readonly subject: string;
  /** How long it lives, such as `15m`; 24 hours at most. */
  readonly expires: string;
}

/**
 * A token of the issuer whose key is in a folder, as `profileplatform token` makes them. `now`: milliseconds since the
 * epoch. Writes nothing. Throws a sentence when there is no key yet, or it should live for too long.
 */
export function tokenOf(folder: string, { role, subject, expires }: TokenWishes, now: number): string {
  const path = keyFile(folder);
  if (!existsSync(path)) {
    throw new Error(`there is no key in ${folder}: start the services first, the first start makes it`);
  }
  const lifetime = parseDuration(expires);
  if (lifetime > parseDuration(LONGEST)) throw new Error(`a token lives ${LONGEST} at most, and ${expires} is longer`);
  const iat = Math.floor(now / 1000);
  const claims = { iss: DEV_ISSUER, aud: TOKEN_AUDIENCE, sub: subject, roles: [role], iat, jti: randomUUID() };
  return signToken(parse(readFileSync(path, "utf8"), path), { ...claims, exp: iat + Math.floor(lifetime / 1000) });
}

function parse(privatePEM: string, path: string): SigningKey {
  try {
    return readSigningKey(privatePEM);
  } catch (cause) {
    throw new Error(`${path} holds no key for ES256: remove it, and the next start makes another one`, { cause });
  }
}
