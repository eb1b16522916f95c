import {
  isRevoked,
  makeSigningKey,
  type PublicJWK,
  parseSigningKey,
  type SigningKey,
} from "../components/server-layer/auth/signing-key.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { LABEL_PLATFORM, LABEL_SIGNING_KEY } from "../labels.ts";

/** Its id says that there is none yet. */
const PLACEHOLDER: PublicJWK = { kty: "EC", crv: "P-256", x: "", y: "", kid: "made-later", use: "sig", alg: "ES256" };

/** A key without anything secret in it: for output that is only read, and the same every time. */
export function placeholderKeys(): readonly SigningKey[] {
  return [{ privatePEM: "", publicJWK: PLACEHOLDER }];
}

/** Keys of a platform: those that its Secrets hold, or a fresh one. Whoever applies them without an operator keeps them. */
export function existingOrFreshKeys(platform: string, secrets: readonly KubernetesObject[]): readonly SigningKey[] {
  const existing = findKeys(platform, secrets);
  return existing.length > 0 ? existing : [makeSigningKey()];
}

/** Keys of a platform as its Secrets hold them, or a placeholder. */
export function existingOrPlaceholderKeys(
  platform: string,
  secrets: readonly KubernetesObject[],
): readonly SigningKey[] {
  const existing = findKeys(platform, secrets);
  return existing.length > 0 ? existing : placeholderKeys();
}

/** Oldest first, as the operator has them. */
function findKeys(platform: string, secrets: readonly KubernetesObject[]): readonly SigningKey[] {
  const age = ({ metadata }: KubernetesObject): string => metadata.creationTimestamp ?? "";
  return secrets
    .filter((secret) => {
      const { labels } = secret.metadata;
      const isKey = labels?.[LABEL_PLATFORM] === platform && labels[LABEL_SIGNING_KEY] !== undefined;
      return isKey && !isRevoked(secret);
    })
    .flatMap((secret) => {
      const key = parseSigningKey(secret);
      return key === undefined ? [] : [{ key, order: `${age(secret)} ${key.publicJWK.kid}` }];
    })
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ key }) => key);
}
