import { MAX_NODES } from "../cluster/embedded/plan.ts";
import { requireRoot } from "../cluster/embedded/preflight.ts";
import { readState } from "../cluster/embedded/state.ts";
import { type ClusterProvider, cacheRoot, type Progress } from "../cluster/index.ts";
import { ensureHelm } from "../helm/helm.ts";
import { CLUSTER_NAME, connect, type LiveCluster, localProvider } from "../live/cluster.ts";
import { withHints } from "./hinted.ts";
import { giveToNodes, type Images, provideImages } from "./images.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Nodes of a new cluster, unless NODES says otherwise: replicas and their spreading can be seen. */
const DEFAULT_NODES = 3;

export interface Prepared {
  readonly cluster: LiveCluster;
  readonly helm: string;
  readonly images: Images;
}

/** Throws a sentence unless this process may do what the provider needs done. */
export function requireRights({ kind }: ClusterProvider): void {
  if (kind === "embedded") requireRoot();
}

/**
 * Brings up a cluster of so many nodes, builds the images, and finds or builds Helm, all at once: while one waits for
 * the network, another computes. Then the images go to the nodes.
 */
export async function prepare(progress: Progress, stopwatch: Stopwatch, nodes: number): Promise<Prepared> {
  const provider = await localProvider(progress);
  // Whichever step fails first is the one that is told, and without rights most of them fail.
  requireRights(provider);
  const [cluster, helm, images] = await Promise.all([
    stopwatch.time("cluster", () =>
      withHints("bringing up the cluster", ["make cluster-status", "make cluster-down, then try again"], () =>
        clusterUp(provider, progress, nodes),
      ),
    ),
    stopwatch.time("Helm", () =>
      withHints("getting Helm", ["set HELM to the path of a Helm, if you have one"], () => helmReady(progress)),
    ),
    stopwatch.time("images", () =>
      withHints("building the images", ["node_modules/.bin/node hack/images/main.ts build"], () =>
        provideImages(progress),
      ),
    ),
  ]);
  await stopwatch.time("images to nodes", () =>
    withHints("giving the images to the nodes", ["make cluster-status"], () => giveToNodes(cluster, images)),
  );
  return { cluster, helm, images };
}

export async function helmReady(progress: Progress): Promise<string> {
  return ensureHelm(process.env, () => progress.line("… Helm is built from its Go module"));
}

async function clusterUp(provider: ClusterProvider, progress: Progress, nodes: number): Promise<LiveCluster> {
  await provider.up(nodes);
  return connect(provider, progress);
}

/** Nodes that NODES asks for; a cluster that runs keeps those that it has. Throws a sentence when it is no such number. */
export function nodesWanted(given: string | undefined): number {
  if (given !== undefined && given !== "") {
    if (/^[1-9]\d*$/.test(given) && Number(given) <= MAX_NODES) return Number(given);
    throw new Error(
      `NODES=${given} is no number of nodes: give a whole number from 1 to ${MAX_NODES}, such as NODES=3`,
    );
  }
  return readState(cacheRoot(), CLUSTER_NAME)?.nodes ?? DEFAULT_NODES;
}
