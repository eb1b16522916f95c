import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

/** What somebody does to a child of a platform by hand. */
export type Deed = "edit" | "add" | "unlabel" | "delete";

const LABEL = { metadata: { labels: { "app.kubernetes.io/part-of": "something-else" } } };

/** A change of a field that the operator sets, by kind, as a merge patch. */
const EDITS: Readonly<Record<string, unknown>> = {
  Namespace: { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
  ServiceAccount: LABEL,
  Role: { rules: [] },
  RoleBinding: { subjects: [] },
  NetworkPolicy: { spec: { policyTypes: ["Ingress"], egress: null } },
  ResourceQuota: { spec: { hard: { pods: "1" } } },
  LimitRange: { spec: { limits: [{ type: "Container", default: { memory: "1Gi" } }] } },
  Secret: LABEL,
  ConfigMap: { data: { "redis.conf": "", "patroni.yml": "", "rabbitmq.conf": "", LOG_LEVEL: "trace" } },
  Service: LABEL,
  StatefulSet: { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } },
  Deployment: { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } },
  Job: LABEL,
  PodDisruptionBudget: { spec: { maxUnavailable: 3 } },
  HorizontalPodAutoscaler: { spec: { maxReplicas: 99 } },
};

/** A field that nobody set, and that is the operator's to keep out. */
const ADDITIONS: Readonly<Record<string, unknown>> = {
  ConfigMap: { data: { ADDED: "by hand" } },
  Deployment: { spec: { template: { spec: { nodeSelector: { nowhere: "at-all" } } } } },
  NetworkPolicy: { spec: { ingress: [{}] } },
  ResourceQuota: { spec: { hard: { services: "0" } } },
  Service: { spec: { externalIPs: ["192.0.2.1"] } },
  StatefulSet: { spec: { template: { spec: { nodeSelector: { nowhere: "at-all" } } } } },
};

// The end of a namespace or of a Job takes time, and makes others wait: tests of their own are about that.
const NEVER_DELETED = new Set(["Namespace", "Job"]);
// Out of sight, a Job may as well be gone.
const NEVER_UNLABELLED = new Set(["Job"]);

/** The merge patch of a deed; undefined where it is no patch, or where there is none for the kind. */
export function patchOf(deed: Deed, kind: string): unknown {
  switch (deed) {
    case "edit":
      return EDITS[kind];
    case "add":
      return ADDITIONS[kind];
    case "unlabel":
      return NEVER_UNLABELLED.has(kind) ? undefined : { metadata: { labels: null } };
    case "delete":
      return undefined;
    default:
      return deed satisfies never;
  }
}

/** What can be done to an object. */
export function deedsFor({ kind }: KubernetesObject): readonly Deed[] {
  const patches = (["edit", "add", "unlabel"] as const).filter((deed) => patchOf(deed, kind) !== undefined);
  return NEVER_DELETED.has(kind) ? patches : [...patches, "delete"];
}

/** What the operator decides of an object, without what Kubernetes fills in and counts. */
export function contentOf({ status: _status, metadata, ...rest }: KubernetesObject): unknown {
  const { labels, ownerReferences } = metadata;
  const content = { ...rest, metadata: { labels, ownerReferences } };
  if (rest.kind !== "Service") return content;
  // A Service that is made again gets another address.
  const { clusterIP: _one, clusterIPs: _all, ...spec } = (rest["spec"] ?? {}) as Record<string, unknown>;
  return { ...content, spec };
}
