import { succeeds } from "../cluster/embedded/command.ts";
import {
  type ClusterProvider,
  chooseProvider,
  createProgress,
  type Progress,
  preferOwnKubectl,
} from "../cluster/index.ts";
import { Kubectl } from "../e2e/support/kubectl.ts";

/** A cluster that runs, and how to talk to it. */
export interface LiveCluster {
  readonly provider: ClusterProvider;
  readonly progress: Progress;
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
}

/** Clusters of different names run side by side. */
export const CLUSTER_NAME = process.env["CLUSTER_NAME"] || "local";

export async function localProvider(progress: Progress): Promise<ClusterProvider> {
  return chooseProvider(CLUSTER_NAME, progress);
}

/** The cluster that `make cluster-up` started, or that CLUSTER=current names. Throws a sentence when there is none. */
export async function liveCluster(progress: Progress = createProgress()): Promise<LiveCluster> {
  return connect(await localProvider(progress), progress);
}

/** Throws a sentence when the provider's cluster is not up. */
export async function connect(provider: ClusterProvider, progress: Progress): Promise<LiveCluster> {
  const kubeconfig = provider.kubeconfig();
  await ensureKubectl(provider, progress);
  return { provider, progress, kubeconfig, kubectl: new Kubectl(kubeconfig) };
}

/** The embedded cluster brings a kubectl of its own version. */
async function ensureKubectl(provider: ClusterProvider, progress: Progress): Promise<void> {
  if (provider.kind === "embedded") await preferOwnKubectl(progress);
  else if (!(await succeeds("kubectl", ["version", "--client"]))) {
    throw new Error("kubectl is missing: install it, such as with Debian's package kubernetes-client");
  }
}
