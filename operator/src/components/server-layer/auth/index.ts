import type { KubernetesObject } from "../../../kubernetes.ts";
import type { LayerName } from "../../../names.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "../server/place.ts";
import { jwksConfigMap } from "./jwks.ts";
import { keySecret } from "./key-secret.ts";
import { tokenIssuer } from "./token-issuer.ts";

/**
 * What the embedded issuer consists of, in the order in which it is applied: a key is published before it can sign. None
 * of it outlives the platform, whatever its deletion policy: a platform that is made again makes new keys, and tokens of
 * the former one are no longer than a day from their end.
 */
export function embeddedIssuer(model: PlatformModel, layer: LayerName): readonly KubernetesObject[] {
  const { auth } = model;
  if (layer !== PLACE.layer || auth.issuer !== "embedded") return [];
  const { signingKeys, maxTokenLifetime } = auth;
  if (signingKeys === undefined) throw new Error("the signing keys were used before they were gathered");
  return [
    jwksConfigMap(model, signingKeys, maxTokenLifetime),
    tokenIssuer(model, signingKeys),
    ...signingKeys.map((key) => keySecret(model, key)),
  ];
}
