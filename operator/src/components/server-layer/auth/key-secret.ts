import { Buffer } from "node:buffer";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { LABEL_SIGNING_KEY } from "../../../labels.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "../server/place.ts";
import { PRIVATE_KEY, type SigningKey, signingKeySecretName } from "./signing-key.ts";

/** The Secret of one key. No pod mounts it: tokens are signed by who may read it. */
export function keySecret(model: PlatformModel, { privatePEM, publicJWK }: SigningKey): KubernetesObject {
  const { labels, ...metadata } = objectMeta(model, PLACE, { name: signingKeySecretName(publicJWK.kid) });
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { ...metadata, labels: { ...labels, [LABEL_SIGNING_KEY]: "true" } },
    type: "Opaque",
    immutable: true,
    data: { [PRIVATE_KEY]: Buffer.from(privatePEM, "utf8").toString("base64") },
  };
}
