import { bind, grant, type Rbac, rule, user } from "./rbac.ts";

/** What the cluster's own processes, which are no pods, may do. */
export function systemRoles(): readonly Rbac[] {
  return [
    // Upstream has the role and leaves the binding to the installer.
    bind("local-cluster:kube-proxy", user("system:kube-proxy"), { kind: "ClusterRole", name: "system:node-proxier" }),
    ...grant("local-cluster:network-policy-agent", user("system:network-policy-agent"), [
      rule("", ["pods", "namespaces"]),
      rule("networking.k8s.io", ["networkpolicies"]),
    ]),
    ...grant("local-cluster:volume-provisioner", user("system:volume-provisioner"), [
      rule("", ["persistentvolumes"], ["get", "list", "watch", "create", "update", "patch", "delete"]),
      rule("", ["persistentvolumeclaims"], ["get", "list", "watch", "update"]),
      rule("", ["nodes"]),
      rule("", ["events"], ["create", "update", "patch", "list", "watch"]),
      rule("events.k8s.io", ["events"], ["create", "update", "patch"]),
      rule("storage.k8s.io", ["storageclasses"]),
    ]),
  ];
}
