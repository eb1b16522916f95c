import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
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

/** The issuer's key as it is kept in a folder, made by the first call; its public half is in `jwks.json` beside it. */
export function signingKeyIn(folder: string): SigningKey {
  const path = join(folder, "signing-key.pem");
  const privatePEM = keptFile(path, () => makeSigningKey().privatePEM);
  const key = parse(privatePEM, path);
  writeOwn(keySetFile(folder), `${JSON.stringify({ keys: [key.publicJWK] }, undefined, 2)}\n`);
  return key;
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
 * epoch. Throws a sentence when there is no key yet, or it should live for too long.
 */
export function tokenOf(folder: string, { role, subject, expires }: TokenWishes, now: number): string {
  if (!existsSync(join(folder, "signing-key.pem"))) {
    throw new Error(`there is no key in ${folder}: start the services first, the first start makes it`);
  }
  const lifetime = parseDuration(expires);
  if (lifetime > parseDuration(LONGEST)) throw new Error(`a token lives ${LONGEST} at most, and ${expires} is longer`);
  const iat = Math.floor(now / 1000);
  const claims = { iss: DEV_ISSUER, aud: TOKEN_AUDIENCE, sub: subject, roles: [role], iat, jti: randomUUID() };
  return signToken(signingKeyIn(folder), { ...claims, exp: iat + Math.floor(lifetime / 1000) });
}

function parse(privatePEM: string, path: string): SigningKey {
  try {
    return readSigningKey(privatePEM);
  } catch (cause) {
    throw new Error(`${path} holds no key for ES256: remove it, and the next start makes another one`, { cause });
  }
}
