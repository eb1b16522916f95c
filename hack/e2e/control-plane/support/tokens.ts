import { Buffer } from "node:buffer";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

export interface JWK {
  readonly kid: string;
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
}

/** The keys of a ConfigMap, in their order; none of one that is not there. */
export function keysOf(configMap: KubernetesObject | undefined): readonly JWK[] {
  const text = (configMap?.["data"] as Readonly<Record<string, string>> | undefined)?.["jwks.json"];
  return text === undefined ? [] : (JSON.parse(text) as { readonly keys: readonly JWK[] }).keys;
}

export interface Token {
  readonly kid: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What a token says, if one of the keys signed it. Throws when none did. By another implementation than signs. */
export async function verifyToken(token: string, keys: readonly JWK[]): Promise<Token> {
  const [header, claims, signature = ""] = token.split(".");
  const { alg, kid } = decode(header) as { readonly alg: string; readonly kid: string };
  const jwk = keys.find((key) => key.kid === kid);
  if (alg !== "ES256" || jwk === undefined) throw new Error(`the token names key ${kid} and algorithm ${alg}`);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { kty, crv, x, y } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
  const content = new TextEncoder().encode(`${header}.${claims}`);
  if (!(await crypto.subtle.verify(algorithm, key, Buffer.from(signature, "base64url"), content))) {
    throw new Error(`the token was not signed with key ${kid}, which it names`);
  }
  return { kid, claims: decode(claims) as Token["claims"] };
}

function decode(part: string | undefined): unknown {
  return JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
}
