import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import type { Role } from "../src/auth/roles.ts";

/** A key as an issuer has it. */
export interface SigningKey {
  readonly algorithm: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  /** As the issuer publishes it. */
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

export async function makeKey(algorithm = "ES256"): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { algorithm, kid, privateKey, publicJwk: { ...jwk, kid, use: "sig", alg: algorithm } };
}

/** The text of a JSON Web Key Set. */
export function keySetOf(...keys: readonly SigningKey[]): string {
  return JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) });
}

export interface TokenOptions {
  readonly subject?: string;
  readonly roles?: unknown;
  /** Put in place of the usual claims; undefined leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** Issues tokens as the operator does. */
export class Issuer {
  readonly name: string;
  readonly audience: string;
  key: SigningKey;

  constructor(name: string, key: SigningKey, audience = "profile-platform") {
    this.name = name;
    this.key = key;
    this.audience = audience;
  }

  /** The claims of a token that is valid for an hour. */
  claims({ subject = "tester", roles = ["admin"], claims = {} }: TokenOptions = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1_000);
    const usual = { iss: this.name, aud: this.audience, sub: subject, roles, iat: now, exp: now + 3_600 };
    return Object.fromEntries(Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined));
  }

  async token(options: TokenOptions = {}): Promise<string> {
    const { algorithm: alg, kid, privateKey } = this.key;
    return new SignJWT(this.claims(options)).setProtectedHeader({ alg, kid, ...options.header }).sign(privateKey);
  }

  async role(role: Role, subject = `the ${role}`): Promise<string> {
    return this.token({ subject, roles: [role] });
  }
}

/** The issuer whose tokens the services of a test file accept, unless it says otherwise. */
export const issuer = new Issuer("https://issuer.test", await makeKey());

/** What has a server accept its tokens. @param path of a file that is written */
export function trust({ name, key }: Issuer, path: string): Readonly<Record<string, string>> {
  writeFileSync(path, keySetOf(key));
  return { AUTH_JWKS_FILE: path, AUTH_ISSUER: name };
}

/** The same, by a file in a folder of its own. Whoever makes it removes it: the processes of tests are killed at their end. */
export function trustedFile(): { readonly settings: Readonly<Record<string, string>>; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "profile-platform-keys-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return { settings: trust(issuer, join(folder, "jwks.json")), remove };
}
