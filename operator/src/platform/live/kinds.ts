import type { Retention } from "../../engine/cache/compact.ts";
import type { ResourceType } from "../../engine/client/resource-type.ts";
import {
  ANNOTATION_ARCHIVING,
  ANNOTATION_DATABASE,
  ANNOTATION_PATRONI,
  ANNOTATION_REVOKED,
  ANNOTATION_SPEC_HASH,
} from "../../labels.ts";
import { API_GROUP, API_VERSION, BACKUP_KIND, BACKUP_PLURAL, KIND, PLURAL } from "../../names.ts";

/** The resource that this controller serves. */
export const PLATFORM_TYPE: ResourceType = {
  group: API_GROUP,
  version: API_VERSION,
  kind: KIND,
  plural: PLURAL,
  namespaced: false,
};

/** Backups of platforms. */
export const BACKUP_TYPE: ResourceType = {
  group: API_GROUP,
  version: API_VERSION,
  kind: BACKUP_KIND,
  plural: BACKUP_PLURAL,
  namespaced: false,
};

/** A kind of which platforms have objects, and what memory keeps of each. */
export interface ChildKind {
  readonly type: ResourceType;
  readonly keeps: Retention;
}

/** Whether it is as it was left is all that is asked. */
const DIGEST: Retention = { content: "all" };

const CONDITION = { type: true, status: true, reason: true, message: true } as const;

/** What the health of a workload is read from, and the number of pods that an autoscaler may own. */
const WORKLOAD: Retention = {
  content: "all",
  annotations: [ANNOTATION_SPEC_HASH],
  fields: {
    spec: { replicas: true },
    status: {
      observedGeneration: true,
      replicas: true,
      readyReplicas: true,
      updatedReplicas: true,
      conditions: [CONDITION],
    },
  },
};

const JOB: Retention = {
  content: "all",
  annotations: [ANNOTATION_SPEC_HASH, ANNOTATION_DATABASE],
  fields: { status: { failed: true, conditions: [CONDITION] } },
};

const CONTAINER_STATUS = {
  name: true,
  ready: true,
  state: { waiting: { reason: true, message: true } },
  lastState: { terminated: { reason: true, exitCode: true } },
} as const;

/** Pods are others' work: they are looked at, and never compared with anything. */
const POD: Retention = {
  content: "none",
  annotations: [ANNOTATION_PATRONI, ANNOTATION_ARCHIVING],
  fields: {
    spec: { initContainers: [{ name: true, image: true }], containers: [{ name: true, image: true }] },
    status: {
      conditions: [CONDITION],
      initContainerStatuses: [CONTAINER_STATUS],
      containerStatuses: [CONTAINER_STATUS],
    },
  },
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

export const JOB_TYPE = namespaced("batch", "v1", "Job", "jobs");

export const POD_TYPE = namespaced("", "v1", "Pod", "pods");

export const CONFIG_MAP_TYPE = namespaced("", "v1", "ConfigMap", "configmaps");

// Of a namespace, the labels are all that there is. What a Secret holds cannot change as long as it is the same one.
const METADATA: Retention = { content: "metadata" };
const NAMESPACE: ChildKind = { type: NAMESPACE_TYPE, keeps: METADATA };
const SECRET: ChildKind = { type: SECRET_TYPE, keeps: { ...METADATA, annotations: [ANNOTATION_REVOKED] } };

/** Kinds that the operator writes, apart from Namespace and Secret. */
const WRITTEN: readonly ChildKind[] = [
  { type: namespaced("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"), keeps: DIGEST },
  { type: namespaced("rbac.authorization.k8s.io", "v1", "Role", "roles"), keeps: DIGEST },
  { type: namespaced("", "v1", "ServiceAccount", "serviceaccounts"), keeps: DIGEST },
  { type: namespaced("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"), keeps: DIGEST },
  { type: namespaced("", "v1", "ResourceQuota", "resourcequotas"), keeps: DIGEST },
  { type: namespaced("", "v1", "LimitRange", "limitranges"), keeps: DIGEST },
  { type: CONFIG_MAP_TYPE, keeps: DIGEST },
  { type: namespaced("", "v1", "Service", "services"), keeps: DIGEST },
  { type: namespaced("apps", "v1", "StatefulSet", "statefulsets"), keeps: WORKLOAD },
  { type: namespaced("apps", "v1", "Deployment", "deployments"), keeps: WORKLOAD },
  { type: JOB_TYPE, keeps: JOB },
  { type: namespaced("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"), keeps: DIGEST },
  { type: namespaced("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"), keeps: DIGEST },
];

/** Kinds that others make from what the operator writes: watched for health, never written. */
const OBSERVED: readonly ChildKind[] = [{ type: POD_TYPE, keeps: POD }];

/** Everything that is watched of platforms. Secrets apart, in the whole cluster. */
export const CHILD_KINDS: readonly ChildKind[] = [SECRET, NAMESPACE, ...WRITTEN, ...OBSERVED];

const typesOf = (kinds: readonly ChildKind[]): readonly ResourceType[] => kinds.map(({ type }) => type);

/** Everything that may be applied. */
export const APPLIED_TYPES: readonly ResourceType[] = typesOf([NAMESPACE, SECRET, ...WRITTEN]);

/** Everything of a platform that is watched in the whole cluster. */
export const WATCHED_TYPES: readonly ResourceType[] = typesOf([NAMESPACE, ...WRITTEN, ...OBSERVED]);

/** Whether the list and the watch of a kind ask for metadata alone. */
export function isMetadataOnly(kind: string): boolean {
  return CHILD_KINDS.some(({ type, keeps }) => type.kind === kind && keeps.content === "metadata");
}

/** Kinds that run pods, whose creation or change may have to wait for another component. */
export const WORKLOAD_KINDS: ReadonlySet<string> = new Set(["StatefulSet", "Deployment", "Job"]);
