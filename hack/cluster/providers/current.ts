import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { ClusterProvider } from "../provider.ts";

/** The cluster of the current context. It is somebody's already, so it is looked at and never made or removed. */
export function currentProvider(env: Readonly<Record<string, string | undefined>> = process.env): ClusterProvider {
  const path = () => kubeconfigPath(env);
  const load = async () => {
    // Loaded here because it takes a second, and this is the only provider that always needs it.
    const client = await import("@kubernetes/client-node");
    const config = new client.KubeConfig();
    config.loadFromFile(path());
    return { client, config };
  };
  return {
    kind: "current",
    async up() {
      const { client, config } = await load();
      const classes = await config.makeApiClient(client.StorageV1Api).listStorageClass();
      const isDefault = "storageclass.kubernetes.io/is-default-class";
      if (!classes.items.some((each) => each.metadata?.annotations?.[isDefault] === "true"))
        throw new Error(
          `the cluster has no default StorageClass, which volumes come from: mark one with the annotation ${isDefault}=true`,
        );
    },
    down: async () => {
      throw new Error(
        "CLUSTER=current is a cluster that was there before: delete the platforms in it with kubectl, and it stays",
      );
    },
    async status() {
      const { client, config } = await load();
      const { gitVersion } = await config.makeApiClient(client.VersionApi).getCode();
      return `cluster ${config.currentContext}: Kubernetes ${gitVersion} at ${config.getCurrentCluster()?.server}\nkubeconfig: ${path()}`;
    },
    loadImages: async () => {
      throw new Error(
        "images cannot be put on the nodes of CLUSTER=current: push them to a registry that its nodes reach, and name them in PROFILE_PLATFORM_IMAGES",
      );
    },
    kubeconfig: path,
    kubectl: () => "kubectl",
  };
}

function kubeconfigPath(env: Readonly<Record<string, string | undefined>>): string {
  const candidates = [...(env["KUBECONFIG"]?.split(delimiter) ?? []), join(homedir(), ".kube", "config")];
  const found = candidates.find((path) => path !== "" && existsSync(path));
  if (found === undefined)
    throw new Error(
      `CLUSTER=current needs a kubeconfig, and there is none at ${candidates.join(" or ")}: set KUBECONFIG to yours`,
    );
  return found;
}
