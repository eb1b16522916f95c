import { dirname, join } from "node:path";
import type { ClusterProvider } from "../provider.ts";
import { programsIn } from "./build.ts";
import { takeDown } from "./down.ts";
import { loadImages } from "./images.ts";
import { withLock } from "./lock.ts";
import { cacheRoot, clusterPaths } from "./paths.ts";
import { planCluster, requireName } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { readState } from "./state.ts";
import { describe } from "./status.ts";
import { bringUp } from "./up.ts";

/** A cluster of this machine's own: nodes are network namespaces, and nothing but Debian's packages is needed. */
export function embeddedProvider(name: string, progress: Progress, cache = cacheRoot()): ClusterProvider {
  requireName(name);
  const paths = clusterPaths(cache, name);
  const locked = <T>(action: () => Promise<T>) =>
    withLock(join(cache, "clusters", `.${name}.lock`), action, {
      onWait: (holder) => progress.line(`waiting for process ${holder}, which works on the cluster ${name}`),
    });
  const running = () => {
    const state = readState(cache, name);
    if (state?.phase !== "up") throw new Error(`the cluster ${name} is not up: start it with "make cluster-up"`);
    return state;
  };
  return {
    kind: "embedded",
    up: (nodes) => locked(() => bringUp({ cache, name, nodes, progress })),
    down: () => locked(() => takeDown({ cache, name, progress })),
    status: () => describe(cache, name),
    async loadImages(archives) {
      const { slot, nodes } = running();
      const plan = planCluster(name, slot, nodes);
      await progress.step(`${archives.length} image archives on ${plan.nodes.length} nodes`, async (note) => {
        const results = await loadImages(paths, plan.nodes, archives);
        const loaded = results.filter((each) => each.loaded).length;
        note(`${loaded} loaded, ${results.length - loaded} already there`);
      });
    },
    kubeconfig() {
      running();
      return paths.kubeconfig;
    },
    // Of the cluster's own version, and there where the machine has none.
    kubectl: () => programsIn(dirname(running().kube)).kubectl,
  };
}
