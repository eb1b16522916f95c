import type { ResourceType } from "@profile-platform/operator/engine/client/resource-type";

function namespaced(group: string, version: string, kind: string, plural: string): ResourceType {
  return { group, version, kind, plural, namespaced: true };
}

export const CONFIG_MAP = namespaced("", "v1", "ConfigMap", "configmaps");
export const SECRET = namespaced("", "v1", "Secret", "secrets");
export const DEPLOYMENT = namespaced("apps", "v1", "Deployment", "deployments");

/** What the engine's tests work with. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  { group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false },
  CONFIG_MAP,
  SECRET,
  DEPLOYMENT,
  namespaced("", "v1", "ServiceAccount", "serviceaccounts"),
  namespaced("", "v1", "Service", "services"),
  namespaced("", "v1", "ResourceQuota", "resourcequotas"),
  namespaced("", "v1", "LimitRange", "limitranges"),
  namespaced("apps", "v1", "StatefulSet", "statefulsets"),
  namespaced("batch", "v1", "Job", "jobs"),
  namespaced("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  namespaced("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
  namespaced("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
  namespaced("rbac.authorization.k8s.io", "v1", "Role", "roles"),
  namespaced("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
  namespaced("coordination.k8s.io", "v1", "Lease", "leases"),
  namespaced("events.k8s.io", "v1", "Event", "events"),
];
