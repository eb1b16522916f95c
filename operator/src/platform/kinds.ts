import type { ResourceType } from "../engine/resource-type.ts";
import { API_GROUP, API_VERSION, KIND, PLURAL } from "../names.ts";

/** The resource that this controller serves. */
export const PLATFORM_TYPE: ResourceType = {
  group: API_GROUP,
  version: API_VERSION,
  kind: KIND,
  plural: PLURAL,
  namespaced: false,
};

function namespaced(group: string, version: string, kind: string, plural: string): ResourceType {
  return { group, version, kind, plural, namespaced: true };
}

export const NAMESPACE_TYPE: ResourceType = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

/** Watched namespace by namespace, where the operator has bound its rights: it may not list them elsewhere. */
export const SECRET_TYPE = namespaced("", "v1", "Secret", "secrets");

/** Kinds that the operator writes, apart from Namespace and Secret. */
const WRITTEN: readonly ResourceType[] = [
  namespaced("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
  namespaced("rbac.authorization.k8s.io", "v1", "Role", "roles"),
  namespaced("", "v1", "ServiceAccount", "serviceaccounts"),
  namespaced("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
  namespaced("", "v1", "ResourceQuota", "resourcequotas"),
  namespaced("", "v1", "LimitRange", "limitranges"),
  namespaced("", "v1", "ConfigMap", "configmaps"),
  namespaced("", "v1", "Service", "services"),
  namespaced("apps", "v1", "StatefulSet", "statefulsets"),
  namespaced("apps", "v1", "Deployment", "deployments"),
  namespaced("batch", "v1", "Job", "jobs"),
  namespaced("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  namespaced("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
];

/** Kinds that others make from what the operator writes: watched for health, never written. */
const OBSERVED: readonly ResourceType[] = [
  namespaced("", "v1", "Pod", "pods"),
  namespaced("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
];

/** Everything that may be applied. */
export const APPLIED_TYPES: readonly ResourceType[] = [NAMESPACE_TYPE, SECRET_TYPE, ...WRITTEN];

/** Everything of a platform that is watched in the whole cluster. */
export const WATCHED_TYPES: readonly ResourceType[] = [NAMESPACE_TYPE, ...WRITTEN, ...OBSERVED];

/**
 * Kinds whose status tells nothing of a component's health and changes often: it is not kept, so that a reading of
 * metrics by an autoscaler wakes nobody.
 */
export const KINDS_WITHOUT_STATUS: ReadonlySet<string> = new Set([
  "ResourceQuota",
  "PodDisruptionBudget",
  "HorizontalPodAutoscaler",
  "NetworkPolicy",
]);

/** Kinds that run pods, whose creation or change may have to wait for another component. */
export const WORKLOAD_KINDS: ReadonlySet<string> = new Set(["StatefulSet", "Deployment", "Job"]);
