import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";

/**
 * What Patroni does in the Kubernetes API: it keeps its state in Endpoints, publishes the primary there, and writes
 * its role on its pod. It deletes nothing, and the Services that it would make itself are made by the operator.
 */
export const PATRONI_RULES = [
  { apiGroups: [""], resources: ["endpoints"], verbs: ["create", "get", "list", "patch", "update", "watch"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "patch", "update", "watch"] },
];

/** Identity of the pods and its rights. */
export function access(model: PlatformModel): readonly KubernetesObject[] {
  return [
    serviceAccount(model, PLACE),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: objectMeta(model, PLACE),
      rules: PATRONI_RULES,
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: objectMeta(model, PLACE),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: PLACE.name },
      subjects: [{ kind: "ServiceAccount", name: PLACE.name, namespace: model.namespaces[PLACE.layer] }],
    },
  ];
}
