import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { buildPrograms, programsIn } from "./build.ts";
import { openCgroups } from "./cgroups.ts";
import { withHostLock } from "./host-lock.ts";
import { adjustHostSysctls } from "./host-sysctls.ts";
import { listNamespaces } from "./network.ts";
import { clusterPaths } from "./paths.ts";
import { planCluster } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { bootId } from "./process-identity.ts";
import type { Progress } from "./progress.ts";
import { start } from "./start.ts";
import { type ClusterState, chooseSlot, listStates, readState, writeState } from "./state.ts";
import { remains, tearDown } from "./teardown.ts";

export interface UpOptions {
  readonly cache: string;
  readonly name: string;
  readonly nodes: number;
  readonly progress: Progress;
}

/** Brings the cluster up, or puts right one that is up. Whoever calls holds the cluster's lock. */
export async function bringUp({ cache, name, nodes, progress }: UpOptions): Promise<void> {
  const before = readState(cache, name);
  const plan = planCluster(name, chooseSlot(name, listStates(cache)), nodes);
  await preflight(cache, plan, progress);
  const common = { plan, paths: clusterPaths(cache, name), cgroups: openCgroups() };
  if (before !== undefined && (await canContinue(before))) {
    if (before.nodes !== nodes)
      throw new Error(
        `the cluster ${name} runs with ${before.nodes} nodes, and nodes are not added to a running one: take it down first (make cluster-down), or ask for as many (NODES=${before.nodes}, --nodes ${before.nodes})`,
      );
    // With the programs that it runs already, even if the sources have changed: its data would not survive a change.
    await start({ ...common, programs: programsIn(dirname(before.kube)) }, progress, false);
    return;
  }
  const programs = await buildPrograms(cache, progress);
  if ((await remains(cache, name)).length > 0)
    await progress.step("what an earlier run left behind removed", () => tearDown(cache, name));
  const state = await withHostLock(cache, async () => {
    // Chosen again: another new cluster may have taken the slot while this one was built.
    const slot = chooseSlot(name, listStates(cache));
    const reserved: ClusterState = { name, slot, nodes, bootId: bootId(), kube: programs.kube, phase: "starting" };
    writeState(cache, reserved);
    adjustHostSysctls(cache);
    return reserved;
  });
  await start({ ...common, plan: planCluster(name, state.slot, nodes), programs }, progress, true);
  writeState(cache, { ...state, phase: "up" });
}

/** A cluster that was up continues, with what ended meanwhile started again; anything else begins anew. */
async function canContinue(before: ClusterState): Promise<boolean> {
  if (before.phase !== "up" || before.bootId !== bootId() || !existsSync(before.kube)) return false;
  const plan = planCluster(before.name, before.slot, before.nodes);
  const namespaces = await listNamespaces(plan);
  return plan.nodes.every((node) => namespaces.includes(node.namespace));
}
