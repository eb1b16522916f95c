/** What a person would change by hand in an object of each kind that the operator makes, as merge patches. */

const LABEL = { metadata: { labels: { "app.kubernetes.io/part-of": "something-else" } } };
const TEMPLATE = { spec: { template: { spec: { terminationGracePeriodSeconds: 301 } } } };
const PLACED = { template: { spec: { nodeSelector: { nowhere: "at-all" } } } };

/** A field that the operator sets, edited; of a ConfigMap, see `emptied`. */
export const EDITS: Readonly<Record<string, unknown>> = {
  Namespace: { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
  ServiceAccount: { automountServiceAccountToken: null, ...LABEL },
  Role: { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
  RoleBinding: { subjects: [] },
  NetworkPolicy: { spec: { policyTypes: ["Ingress"], egress: null } },
  ResourceQuota: { spec: { hard: { pods: "1" } } },
  LimitRange: { spec: { limits: [{ type: "Container", default: { memory: "1Gi" } }] } },
  Secret: LABEL,
  Service: LABEL,
  StatefulSet: TEMPLATE,
  Deployment: TEMPLATE,
  Job: LABEL,
  PodDisruptionBudget: { spec: { maxUnavailable: 3 } },
  HorizontalPodAutoscaler: { spec: { maxReplicas: 99 } },
};

/**
 * A field that the operator does not set, and that would change what the platform does: added to a part of an object
 * that is the operator's alone. Kinds that are not here have no such part: what is added to them stays.
 */
export const ADDITIONS: Readonly<Record<string, unknown>> = {
  ConfigMap: { data: { ADDED: "by hand" } },
  Deployment: { spec: { ...PLACED, paused: true, strategy: { rollingUpdate: { maxSurge: 5 } } } },
  HorizontalPodAutoscaler: { spec: { behavior: { scaleDown: { selectPolicy: "Disabled" } } } },
  Job: { spec: { suspend: true } },
  LimitRange: { spec: { limits: [{ type: "Container" }, { type: "Pod", max: { cpu: "1m" } }] } },
  NetworkPolicy: { spec: { policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] } },
  PodDisruptionBudget: { spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" } },
  ResourceQuota: { spec: { hard: { services: "0" } } },
  Role: { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] },
  RoleBinding: { subjects: [{ kind: "Group", name: "everybody", apiGroup: "rbac.authorization.k8s.io" }] },
  Service: { spec: { externalIPs: ["192.0.2.1"], publishNotReadyAddresses: true } },
  StatefulSet: { spec: { ...PLACED, updateStrategy: { rollingUpdate: { partition: 9 } } } },
};
