import type { KubernetesObject } from "../../kubernetes.ts";
import type { LayerName } from "../../names.ts";
import type { Component } from "../component.ts";
import type { PlatformModel } from "../model.ts";
import { embeddedIssuer } from "../server-layer/auth/index.ts";
import { credentialCopies } from "./credential-copies.ts";
import { limitRange, resourceQuota } from "./limits.ts";
import { namespace } from "./namespace.ts";
import { networkPolicies } from "./network-policies.ts";
import { operatorBinding } from "./operator-binding.ts";
import { podReader } from "./pod-reader.ts";

/**
 * What stands in a layer before any component, in the order in which it is applied; nothing for a layer without an
 * enabled component. `components` are all there are, of every layer: flows cross layers.
 */
export function foundationObjects(
  model: PlatformModel,
  layer: LayerName,
  components: readonly Component[],
): readonly KubernetesObject[] {
  const enabled = components.filter((component) => component.enabled(model));
  const ofLayer = enabled.filter((component) => component.layer === layer);
  if (ofLayer.length === 0) {
    return [];
  }
  return [
    namespace(model, layer),
    // Before all else in the namespace: it is what allows the operator to make the rest.
    ...operatorBinding(model, layer),
    // Before the first pod, so that none ever runs without its limits and its network rules.
    limitRange(model, layer),
    resourceQuota(model, layer, ofLayer),
    ...networkPolicies(model, layer, enabled),
    ...podReader(model, layer),
    ...credentialCopies(model, layer, enabled),
    ...embeddedIssuer(model, layer),
  ];
}
