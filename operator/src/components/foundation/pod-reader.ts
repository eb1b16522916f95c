import type { KubernetesObject } from "../../kubernetes.ts";
import type { LayerName } from "../../names.ts";
import type { PlatformModel } from "../model.ts";
import { layerMeta } from "./layer-meta.ts";

const NAME = "pod-reader";

/** Pods and what they use, as `kubectl top pods` shows it. */
export const POD_READER_RULES = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["metrics.k8s.io"], resources: ["pods"], verbs: ["get", "list"] },
];

/** Identity for whatever watches a layer from inside: it may read pods and their metrics. Its pods call the API. */
export function podReader(model: PlatformModel, layer: LayerName): readonly KubernetesObject[] {
  const metadata = layerMeta(model, layer, NAME);
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: true },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules: POD_READER_RULES },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: NAME },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace: metadata.namespace }],
    },
  ];
}
