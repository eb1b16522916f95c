import { Buffer } from "node:buffer";
import type { KubernetesObject, ObjectMeta } from "../../kubernetes.ts";
import { ANNOTATION_CONTENT_ID, layerLabels } from "../../labels.ts";
import type { LayerName } from "../../names.ts";
import { CREDENTIAL_KEYS, credentialValue } from "../credentials.ts";
import type { Credential, CredentialName, PlatformModel } from "../model.ts";
import { objectMeta, type Place } from "./place.ts";

export function credentialSecretName(credential: CredentialName): string {
  return `${credential}-credentials`;
}

/** Throws for one that this platform has no use for. */
export function credentialOf({ credentials }: Pick<PlatformModel, "credentials">, name: CredentialName): Credential {
  const credential = credentials[name];
  if (credential === undefined) throw new Error(`the credential ${name} was not gathered, though something reads it`);
  return credential;
}

/** The one home of a data service's credentials, with all their keys. */
export function credentialSecret(model: PlatformModel, place: Place, credential: CredentialName): KubernetesObject {
  const metadata = objectMeta(model, place, { name: credentialSecretName(credential) });
  return secret(model, credential, metadata, Object.keys(CREDENTIAL_KEYS[credential]));
}

/** Copy for the callers in another layer, with the keys that they need and no more. */
export function credentialCopy(model: PlatformModel, layer: LayerName, credential: CredentialName): KubernetesObject {
  const metadata = {
    name: credentialSecretName(credential),
    namespace: model.namespaces[layer],
    labels: layerLabels(model.name, layer),
  };
  const shared = Object.entries(CREDENTIAL_KEYS[credential]).filter(([, key]) => key.shared);
  return secret(
    model,
    credential,
    metadata,
    shared.map(([key]) => key),
  );
}

function secret(
  model: PlatformModel,
  name: CredentialName,
  metadata: ObjectMeta,
  keys: readonly string[],
): KubernetesObject {
  const credential = credentialOf(model, name);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { ...metadata, annotations: { [ANNOTATION_CONTENT_ID]: credential.contentId } },
    type: "Opaque",
    // Nodes stop watching a Secret that cannot change, and nobody can change it half-way.
    immutable: true,
    data: Object.fromEntries(
      keys.map((key) => [key, Buffer.from(credentialValue(credential, key), "utf8").toString("base64")]),
    ),
  };
}
