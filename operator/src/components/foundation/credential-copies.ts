import type { KubernetesObject } from "../../kubernetes.ts";
import type { LayerName } from "../../names.ts";
import type { Component } from "../component.ts";
import { credentialCopy } from "../kit/credential-secret.ts";
import type { CredentialName, PlatformModel } from "../model.ts";

/** A copy of each data service's credentials in every other layer that calls it, because pods read Secrets of their own namespace alone. */
export function credentialCopies(
  model: PlatformModel,
  layer: LayerName,
  components: readonly Component[],
): readonly KubernetesObject[] {
  const called = new Set(
    components.filter((each) => each.layer === layer).flatMap((each) => each.connects(model).map(({ to }) => to)),
  );
  return components
    .filter((callee) => callee.layer !== layer && called.has(callee.name))
    .flatMap((callee) => (isCredential(model, callee.name) ? [credentialCopy(model, layer, callee.name)] : []));
}

function isCredential(model: PlatformModel, name: string): name is CredentialName {
  return Object.hasOwn(model.credentials, name);
}
