import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from "node:crypto";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { ANNOTATION_REVOKED } from "../../../labels.ts";

/** The public half of a key, in the form of RFC 7517. */
export interface PublicJWK {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: "sig";
  readonly alg: "ES256";
}

/** A key of the embedded issuer: made once, then only read. */
export interface SigningKey {
  /** PKCS#8. Never logged, never in status. */
  readonly privatePEM: string;
  readonly publicJWK: PublicJWK;
}

/** Key of the Secret's data. */
export const PRIVATE_KEY = "private.pem";

const NAME_PREFIX = "server-signing-key-";
/** 10 of 36 characters: with a few keys a platform, no two have one name. */
const NAME_LENGTH = 10;

/** A new key, for ECDSA with P-256 and SHA-256. */
export function makeSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const privatePEM = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  return { privatePEM, publicJWK: publicHalf(privateKey) };
}

/** The key of a private half that was kept. Throws for what is no private key, and for one on another curve. */
export function readSigningKey(privatePEM: string): SigningKey {
  return { privatePEM, publicJWK: publicHalf(createPrivateKey(privatePEM)) };
}

/** Name of the Secret of a key: its id as far as a name can hold it. */
export function signingKeySecretName(kid: string): string {
  return `${NAME_PREFIX}${kid
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, NAME_LENGTH)}`;
}

/** The key that a live Secret holds; undefined when it is none that the operator made, or another than the name says. */
export function parseSigningKey(secret: KubernetesObject): SigningKey | undefined {
  const encoded = (secret["data"] as Readonly<Record<string, string>> | undefined)?.[PRIVATE_KEY];
  if (encoded === undefined) return undefined;
  try {
    const key = readSigningKey(Buffer.from(encoded, "base64").toString("utf8"));
    return signingKeySecretName(key.publicJWK.kid) === secret.metadata.name ? key : undefined;
  } catch {
    // Whatever else is in there, it is no key that signs.
    return undefined;
  }
}

/** Whether somebody has said of a key's Secret that what it signed is good for nothing any more. */
export function isRevoked({ metadata: { annotations } }: KubernetesObject): boolean {
  return annotations?.[ANNOTATION_REVOKED] !== undefined;
}

/** Throws for a key on another curve. */
function publicHalf(privateKey: KeyObject): PublicJWK {
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: "jwk" });
  if (kty !== "EC" || crv !== "P-256" || x === undefined || y === undefined) {
    throw new Error("a signing key has to be on the curve P-256");
  }
  return { kty, crv, x, y, kid: thumbprint({ crv, kty, x, y }), use: "sig", alg: "ES256" };
}

/** RFC 7638: over these members alone, in the order of their names, without spaces. */
function thumbprint({ crv, kty, x, y }: Pick<PublicJWK, "crv" | "kty" | "x" | "y">): string {
  return hash("sha256", JSON.stringify({ crv, kty, x, y }), "base64url");
}
