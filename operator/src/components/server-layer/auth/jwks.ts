import type { KubernetesObject } from "../../../kubernetes.ts";
import { ANNOTATION_MAX_TOKEN_LIFETIME } from "../../../labels.ts";
import { JWKS_CONFIG_MAP, JWKS_KEY } from "../../../names.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "../server/place.ts";
import type { SigningKey } from "./signing-key.ts";

/** The public halves of the keys that tokens are checked against, in the form of RFC 7517. */
export function jwksConfigMap(
  model: PlatformModel,
  keys: readonly SigningKey[],
  maxTokenLifetime: string,
): KubernetesObject {
  const annotations = { [ANNOTATION_MAX_TOKEN_LIFETIME]: maxTokenLifetime };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: objectMeta(model, PLACE, { name: JWKS_CONFIG_MAP, annotations }),
    data: { [JWKS_KEY]: `${JSON.stringify({ keys: keys.map(({ publicJWK }) => publicJWK) }, undefined, 2)}\n` },
  };
}
