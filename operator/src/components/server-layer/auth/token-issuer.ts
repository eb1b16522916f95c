import type { KubernetesObject } from "../../../kubernetes.ts";
import { JWKS_CONFIG_MAP, TOKEN_ISSUER_ROLE } from "../../../names.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "../server/place.ts";
import { type SigningKey, signingKeySecretName } from "./signing-key.ts";

/**
 * What somebody needs who issues tokens. Bound to nobody here: who holds it can be any user of the profile API. Secrets
 * by their names alone, since those of the data services are in the same namespace.
 */
export function tokenIssuer(model: PlatformModel, keys: readonly SigningKey[]): KubernetesObject {
  const names = keys.map(({ publicJWK }) => signingKeySecretName(publicJWK.kid));
  const secrets = { apiGroups: [""], resources: ["secrets"], resourceNames: names, verbs: ["get"] };
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: objectMeta(model, PLACE, { name: TOKEN_ISSUER_ROLE }),
    rules: [
      { apiGroups: [""], resources: ["configmaps"], resourceNames: [JWKS_CONFIG_MAP], verbs: ["get"] },
      // An empty list of names would stand for all Secrets.
      ...(names.length === 0 ? [] : [secrets]),
    ],
  };
}
