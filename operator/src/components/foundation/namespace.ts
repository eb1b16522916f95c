import type { KubernetesObject } from "../../kubernetes.ts";
import { layerLabels } from "../../labels.ts";
import type { LayerName } from "../../names.ts";
import type { PlatformModel } from "../model.ts";

/** Namespace of a layer. Pods that could harm the node are refused by the API server. */
export function namespace(model: PlatformModel, layer: LayerName): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: model.namespaces[layer],
      labels: {
        ...layerLabels(model.name, layer),
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
    },
  };
}
