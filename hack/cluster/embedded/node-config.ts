/** The configuration files of one node, as text. */
import { join } from "node:path";
import type { NodePaths } from "./paths.ts";
import { DNS_SERVICE_ADDRESS, type NodePlan } from "./plan.ts";

export const PAUSE_IMAGE = "localhost/pause:1";

export function renderContainerd(paths: NodePaths): string {
  const text = JSON.stringify;
  return `version = 2
root = ${text(join(paths.root, "containerd"))}
state = ${text(join(paths.root, "run"))}

[grpc]
  address = ${text(paths.containerdSocket)}

[plugins."io.containerd.internal.v1.opt"]
  path = ${text(join(paths.root, "opt"))}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(PAUSE_IMAGE)}
  # The namespaces of pods then lie in this node's folder and not among those of the host.
  netns_mounts_under_state_dir = true
  # A container may run this cluster too, and may then not lower the score.
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  # Nothing to stream from outside of the node: the kubelet is on the same loopback interface.
  stream_server_address = "127.0.0.1"

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(join(paths.root, "cni-bin"))}
    conf_dir = ${text(paths.cni)}
`;
}

/**
 * ptp gives every pod a link of its own into the node, so that even what pods of one node say to each other passes
 * the node's forward chain, where NetworkPolicies are enforced. \`isolate\` comes last: the pod exists for the agent
 * before it can send its first packet.
 */
export function renderCni(node: NodePlan, paths: NodePaths): string {
  return `${JSON.stringify(
    {
      cniVersion: "0.4.0",
      name: "pods",
      plugins: [
        {
          type: "ptp",
          ipMasq: false,
          ipam: {
            type: "host-local",
            ranges: [[{ subnet: node.podRange }]],
            routes: [{ dst: "0.0.0.0/0" }],
            dataDir: paths.cniState,
          },
        },
        { type: "portmap", capabilities: { portMappings: true }, snat: true },
        { type: "isolate", socket: paths.policySocket },
      ],
    },
    null,
    2,
  )}\n`;
}

export interface KubeletSettings {
  readonly node: NodePlan;
  readonly paths: NodePaths;
  readonly pki: string;
  readonly cgroupVersion: 1 | 2;
  readonly resolvConf: string;
}

export function renderKubelet({ node, paths, pki, cgroupVersion, resolvConf }: KubeletSettings): string {
  return `${JSON.stringify(
    {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      address: node.address,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: join(pki, "ca.crt") },
      },
      authorization: { mode: "Webhook" },
      tlsCertFile: join(pki, `${node.name}.crt`),
      tlsPrivateKeyFile: join(pki, `${node.name}.key`),
      clusterDNS: [DNS_SERVICE_ADDRESS],
      clusterDomain: "cluster.local",
      resolvConf,
      containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
      // Debian's containerd cannot tell the driver; and systemd knows nothing of these groups.
      cgroupDriver: "cgroupfs",
      cgroupRoot: `/${node.cgroup}`,
      ...(cgroupVersion === 1 ? { failCgroupV1: false } : {}),
      enforceNodeAllocatable: [],
      failSwapOn: false,
      // Images come by hand and can be pulled from nowhere: none may be collected to make room.
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      evictionHard: { "nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "100Mi" },
      shutdownGracePeriod: "0s",
    },
    null,
    2,
  )}\n`;
}
