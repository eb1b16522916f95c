import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Programs } from "./build.ts";
import type { Cgroups } from "./cgroups.ts";
import { mountNamespacePath } from "./mount-namespaces.ts";
import { renderCni, renderContainerd, renderKubelet } from "./node-config.ts";
import type { ClusterPaths } from "./paths.ts";
import type { CertificateRequest } from "./pki.ts";
import { type ClusterPlan, type NodePlan, POD_RANGE } from "./plan.ts";
import type { ProcessSpec } from "./processes.ts";

/** Where Debian's containernetworking-plugins puts them. */
export const CNI_PLUGINS = "/usr/lib/cni";

export interface NodeContext {
  readonly plan: ClusterPlan;
  readonly paths: ClusterPaths;
  readonly programs: Programs;
  readonly cgroups: Cgroups;
}

export function nodeCertificates(plan: ClusterPlan): CertificateRequest[] {
  const nodes = plan.nodes.map((node) => ({
    name: node.name,
    commonName: `system:node:${node.name}`,
    organization: "system:nodes",
    addresses: [node.address],
    dnsNames: [node.name],
  }));
  return [
    ...nodes,
    { name: "proxy", commonName: "system:kube-proxy" },
    { name: "network-policy-agent", commonName: "system:network-policy-agent" },
    { name: "volume-provisioner", commonName: "system:volume-provisioner" },
  ];
}

/** Writes what the processes of the node read. */
export function prepareNode({ paths, programs, cgroups }: NodeContext, node: NodePlan): void {
  const at = paths.node(node.name);
  for (const folder of [at.root, at.cni, at.cniState, at.volumes, join(at.root, "cni-bin")])
    mkdirSync(folder, { recursive: true });
  for (const [folder, plugin] of [
    ...readdirSync(CNI_PLUGINS).map((name) => [CNI_PLUGINS, name] as const),
    ...readdirSync(programs.cni).map((name) => [programs.cni, name] as const),
  ])
    symlinkSync(join(folder, plugin), join(at.root, "cni-bin", plugin));
  const resolvConf = join(at.root, "resolv.conf");
  // Empty: no name outside of the cluster can be resolved.
  writeFileSync(resolvConf, "");
  writeFileSync(at.containerdConfig, renderContainerd(at));
  writeFileSync(join(at.cni, "10-pods.conflist"), renderCni(node, at));
  const kubelet = renderKubelet({ node, paths: at, pki: paths.pki, cgroupVersion: cgroups.version, resolvConf });
  writeFileSync(at.kubeletConfig, kubelet);
  cgroups.create(node.cgroup);
}

export function containerd({ plan, paths, cgroups }: NodeContext, node: NodePlan): ProcessSpec {
  return {
    name: `containerd-${node.name}`,
    program: "containerd",
    args: ["--config", paths.node(node.name).containerdConfig, "--log-level=warn"],
    namespace: node.namespace,
    mountNamespace: mountNamespacePath(paths, node.name),
    cgroupFile: cgroups.membersFile(plan.systemCgroup),
  };
}

/** What runs on a node beside containerd, in the order in which it is started. */
export function nodeProcesses({ plan, paths, programs, cgroups }: NodeContext, node: NodePlan): ProcessSpec[] {
  const at = paths.node(node.name);
  const common = {
    program: programs.kube,
    namespace: node.namespace,
    mountNamespace: mountNamespacePath(paths, node.name),
    cgroupFile: cgroups.membersFile(plan.systemCgroup),
  };
  return [
    {
      ...common,
      name: `network-policy-agent-${node.name}`,
      args: [
        "network-policy-agent",
        `--kubeconfig=${paths.kubeconfigOf("network-policy-agent")}`,
        `--node=${node.name}`,
        `--pod-range=${node.podRange}`,
        `--socket=${at.policySocket}`,
      ],
    },
    {
      ...common,
      name: `kube-proxy-${node.name}`,
      args: [
        "kube-proxy",
        `--kubeconfig=${paths.kubeconfigOf("proxy")}`,
        `--hostname-override=${node.name}`,
        `--bind-address=${node.address}`,
        "--proxy-mode=nftables",
        `--cluster-cidr=${POD_RANGE}`,
        // The sizes of connection tracking are the host's, and stay as they are.
        "--conntrack-max-per-core=0",
      ],
    },
    {
      ...common,
      name: `kubelet-${node.name}`,
      args: [
        "kubelet",
        `--config=${at.kubeletConfig}`,
        `--kubeconfig=${paths.kubeconfigOf(node.name)}`,
        `--hostname-override=${node.name}`,
        `--node-ip=${node.address}`,
        `--node-labels=topology.kubernetes.io/region=local,topology.kubernetes.io/zone=${node.zone}`,
        // With values every 5 s instead of 10 an autoscaler reacts within a test's patience.
        "--housekeeping-interval=5s",
      ],
    },
  ];
}
