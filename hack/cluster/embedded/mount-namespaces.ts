import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";
import type { ClusterPaths } from "./paths.ts";

/**
 * Folders whose place is fixed in containerd, the kubelet, CNI or in what pods expect of a node (a collector of logs
 * reads /var/log/pods). Each node sees its own there.
 */
export const NODE_FOLDERS = [
  "/run/containerd",
  "/var/lib/cni",
  "/var/lib/kubelet",
  "/var/log/containers",
  "/var/log/pods",
] as const;

/** File that stands for the mount namespace of a node. */
export const mountNamespacePath = (paths: Pick<ClusterPaths, "root">, node: string): string =>
  join(paths.root, "namespaces", node);

/**
 * Gives each node a mount namespace: what its pods mount is seen by nobody else, and goes when the namespace does,
 * even if nobody is left to unmount it.
 */
export async function createMountNamespaces(paths: ClusterPaths, nodes: readonly string[]): Promise<void> {
  const folder = join(paths.root, "namespaces");
  mkdirSync(folder, { recursive: true });
  // A namespace can only be kept in a mount that does not propagate, or the namespace would hold itself.
  await run("mount", ["--bind", folder, folder]);
  await run("mount", ["--make-private", folder]);
  for (const place of NODE_FOLDERS) mkdirSync(place, { recursive: true });
  await Promise.all(nodes.map((node) => createOne(paths, node)));
}

async function createOne(paths: ClusterPaths, node: string): Promise<void> {
  const file = mountNamespacePath(paths, node);
  writeFileSync(file, "");
  const binds = NODE_FOLDERS.map((place) => {
    const own = join(paths.node(node).root, "folders", place.slice(1).replaceAll("/", "-"));
    mkdirSync(own, { recursive: true });
    return `mount --bind '${own}' ${place}`;
  });
  // Shared again inside, so that mounts reach the pods that ask for them (mountPropagation).
  const script = ["set -e", ...binds, "mount --make-rshared /"].join("\n");
  await run("unshare", [`--mount=${file}`, "--propagation=slave", "sh", "-c", script]);
}

/** Removes the empty folders on which nodes' own were mounted. */
export function removeNodeFolders(): void {
  for (const place of NODE_FOLDERS) {
    try {
      rmdirSync(place);
    } catch {
      // Not empty: the host uses it itself. Not there: somebody else removed it.
    }
  }
}
