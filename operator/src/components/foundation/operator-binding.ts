import type { KubernetesObject } from "../../kubernetes.ts";
import { type LayerName, NAMESPACE_CLUSTER_ROLE } from "../../names.ts";
import type { PlatformModel } from "../model.ts";
import { layerMeta } from "./layer-meta.ts";

/** Gives the operator its rights in a layer's namespace; without an operator there is nobody to give them to. */
export function operatorBinding(model: PlatformModel, layer: LayerName): readonly KubernetesObject[] {
  if (model.operator === undefined) {
    return [];
  }
  const { namespace, serviceAccount } = model.operator;
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: layerMeta(model, layer, NAMESPACE_CLUSTER_ROLE),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: NAMESPACE_CLUSTER_ROLE },
      subjects: [{ kind: "ServiceAccount", name: serviceAccount, namespace }],
    },
  ];
}
