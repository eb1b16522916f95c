import { join, resolve } from "node:path";

/** The folder that outlives checkouts: what is built, and the state of running clusters. */
export function cacheRoot(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env["PROFILE_PLATFORM_CACHE"]) return resolve(env["PROFILE_PLATFORM_CACHE"]);
  const base = env["XDG_CACHE_HOME"] || join(env["HOME"] || "/root", ".cache");
  return resolve(base, "profile-platform");
}

export interface ClusterPaths {
  readonly root: string;
  readonly state: string;
  readonly pki: string;
  readonly logs: string;
  readonly processes: string;
  /** For the user: as written by kubeadm in /etc/kubernetes/admin.conf. */
  readonly kubeconfig: string;
  kubeconfigOf(user: string): string;
  readonly etcd: string;
  node(name: string): NodePaths;
}

export interface NodePaths {
  readonly root: string;
  readonly containerdConfig: string;
  readonly containerdSocket: string;
  readonly kubeletConfig: string;
  readonly cni: string;
  readonly cniState: string;
  readonly volumes: string;
  /** Where the CNI plugin asks the node's NetworkPolicy agent to isolate a new pod. */
  readonly policySocket: string;
}

export function clusterPaths(cache: string, name: string): ClusterPaths {
  const root = join(cache, "clusters", name);
  return {
    root,
    state: join(root, "cluster.json"),
    pki: join(root, "pki"),
    logs: join(root, "logs"),
    processes: join(root, "processes"),
    kubeconfig: join(root, "kubeconfig"),
    kubeconfigOf: (user) => join(root, "pki", `${user}.kubeconfig`),
    etcd: join(root, "etcd"),
    node: (node) => nodePaths(join(root, node)),
  };
}

function nodePaths(root: string): NodePaths {
  return {
    root,
    containerdConfig: join(root, "containerd.toml"),
    containerdSocket: join(root, "containerd.sock"),
    kubeletConfig: join(root, "kubelet.json"),
    cni: join(root, "cni"),
    cniState: join(root, "addresses"),
    volumes: join(root, "volumes"),
    policySocket: join(root, "network-policy.sock"),
  };
}
