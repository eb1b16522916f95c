import { importJWK, type JSONWebKeySet, type JWK } from "jose";
import { z } from "zod";

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Parameters that only a private or a shared key has. */
const secretParameters = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] as const;

/** Bits. */
const shortestModulus = 2_048;

/**
 * The public keys of a set that signatures by one of the algorithms can be checked with; others, which the set may
 * hold for something else, are left out.
 *
 * @throws Error when it is no key set, holds a key that nobody else may know, or has no key that is of use
 */
export async function usableKeys(set: unknown, algorithms: readonly string[]): Promise<JSONWebKeySet> {
  const parsed = keySet.safeParse(set);
  if (!parsed.success) throw new Error('it is no JSON Web Key Set: {"keys": […]}');
  const keys = parsed.data.keys as readonly JWK[];
  if (keys.some((key) => secretParameters.some((name) => Object.hasOwn(key, name)))) {
    throw new Error("it holds a private or shared key: publish the public keys alone, and replace that one");
  }
  const usable: JWK[] = [];
  for (const key of keys) if (await isUsable(key, algorithms)) usable.push(key);
  if (usable.length === 0) throw new Error(`it has no key for ${algorithms.join(", ")}`);
  return { keys: usable };
}

async function isUsable(key: JWK, algorithms: readonly string[]): Promise<boolean> {
  if (key.use !== undefined && key.use !== "sig") return false;
  const algorithm = key.alg ?? usualAlgorithm(key);
  if (algorithm === undefined || !algorithms.includes(algorithm)) return false;
  try {
    const imported = await importJWK(key, algorithm);
    // A key that its algorithm refuses would fail each request that names it, not the set.
    return !("algorithm" in imported) || !isShort(imported.algorithm);
  } catch {
    return false;
  }
}

function isShort(algorithm: object): boolean {
  return "modulusLength" in algorithm && Number(algorithm.modulusLength) < shortestModulus;
}

/** Of a key that names no algorithm of its own. */
function usualAlgorithm({ kty, crv }: JWK): string | undefined {
  if (kty === "RSA") return "RS256";
  if (kty === "OKP" && crv === "Ed25519") return "EdDSA";
  return kty === "EC" ? { "P-256": "ES256", "P-384": "ES384" }[crv ?? ""] : undefined;
}
