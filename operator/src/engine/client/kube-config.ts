import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";

const TOKEN_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/token";

export interface KubeConfigOptions {
  /** Default: `KUBECONFIG`, then `~/.kube/config`, then the pod's service account. */
  readonly kubeconfigPath?: string | undefined;
  /** Default: the current context of the file. */
  readonly context?: string | undefined;
}

/** Loads where the API server is and who we are. Throws a sentence that says what is missing and what to do. */
export function loadKubeConfig({ kubeconfigPath, context }: KubeConfigOptions): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfigPath !== undefined) {
      config.loadFromFile(kubeconfigPath);
    } else if (hasDefault()) {
      config.loadFromDefault();
    } else {
      throw new Error("no kubeconfig is given, ~/.kube/config does not exist and this is no pod: pass --kubeconfig");
    }
  } catch (error) {
    throw new Error(`while loading the kubeconfig ${kubeconfigPath ?? ""}`.trimEnd(), { cause: error });
  }
  if (context !== undefined) {
    config.setCurrentContext(context);
  }
  if (config.getCurrentCluster() === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new Error(
      `the kubeconfig has no cluster for the context ${JSON.stringify(config.getCurrentContext())}: ` +
        `choose one of ${known.join(", ") || "(it has no contexts)"}`,
    );
  }
  return config;
}

function hasDefault(): boolean {
  const { KUBECONFIG } = process.env;
  return (
    (KUBECONFIG !== undefined && KUBECONFIG !== "") ||
    existsSync(join(homedir(), ".kube", "config")) ||
    existsSync(TOKEN_FILE)
  );
}
