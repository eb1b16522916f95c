import { setTimeout as delay } from "node:timers/promises";
import { findProcess } from "../../cluster/embedded/processes.ts";
import { cacheRoot, clusterPaths } from "../../cluster/index.ts";
import type { Scenario } from "../scenario.ts";

const AWAY_MS = 120_000;

export const apiServerAway: Scenario = {
  name: "api-server-away",
  what: "the Kubernetes API server is killed and comes back after two minutes",
  limits: { worstGapMs: 5000, redundancyMs: 60_000, keepsPrimary: true },
  strike: async ({ plan, provider }) => {
    const found = findProcess("kube-apiserver", clusterPaths(cacheRoot(), plan.name));
    if (found === undefined) throw new Error("the API server does not run: see make cluster-status");
    process.kill(found.pid, "SIGKILL");
    return { lasted: () => delay(AWAY_MS), undo: () => provider.up(plan.nodes.length) };
  },
};
