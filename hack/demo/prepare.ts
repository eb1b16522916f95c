import { readState } from "../cluster/embedded/state.ts";
import { cacheRoot, type Progress } from "../cluster/index.ts";
import { ensureHelm } from "../helm/helm.ts";
import { CLUSTER_NAME, type LiveCluster, liveCluster, localProvider } from "../live/cluster.ts";
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

/**
 * Brings up the cluster, builds the images, and finds or builds Helm, all at once: while one waits for the network,
 * another computes. Then the images go to the nodes.
 */
export async function prepare(progress: Progress, stopwatch: Stopwatch): Promise<Prepared> {
  const [cluster, helm, images] = await Promise.all([
    stopwatch.time("cluster", () =>
      withHints("bringing up the cluster", ["make cluster-status", "make cluster-down, then try again"], () =>
        clusterUp(progress),
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

async function clusterUp(progress: Progress): Promise<LiveCluster> {
  const provider = await localProvider(progress);
  await provider.up(nodesWanted(process.env["NODES"]));
  return liveCluster(progress);
}

/** A cluster that runs keeps the nodes that it has. */
function nodesWanted(given: string | undefined): number {
  if (given !== undefined && given !== "") {
    if (/^[1-9]$/.test(given)) return Number(given);
    throw new Error(`NODES is "${given}": give a whole number from 1 to 9`);
  }
  return readState(cacheRoot(), CLUSTER_NAME)?.nodes ?? DEFAULT_NODES;
}
