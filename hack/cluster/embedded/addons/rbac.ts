import type { KubernetesObject } from "@kubernetes/client-node";

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface Rbac extends KubernetesObject {
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly Readonly<Record<string, string>>[];
}

const GROUP = "rbac.authorization.k8s.io";
const read = ["get", "list", "watch"];

export const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[] = read): PolicyRule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

export const user = (name: string) => ({ kind: "User", apiGroup: GROUP, name });
export const serviceAccount = (name: string) => ({ kind: "ServiceAccount", namespace: "kube-system", name });

/** A ClusterRole and its binding, both of the same name. */
export function grant(
  name: string,
  subject: Readonly<Record<string, string>>,
  rules: readonly PolicyRule[],
): readonly Rbac[] {
  return [
    { apiVersion: `${GROUP}/v1`, kind: "ClusterRole", metadata: { name }, rules },
    bind(name, subject, { kind: "ClusterRole", name }),
  ];
}

export function bind(
  name: string,
  subject: Readonly<Record<string, string>>,
  role: { readonly kind: "ClusterRole"; readonly name: string },
): Rbac {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: GROUP, ...role },
    subjects: [subject],
  };
}
