import { existsSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { openCgroups } from "./cgroups.ts";
import { succeeds } from "./command.ts";
import { withHostLock } from "./host-lock.ts";
import { restoreHostSysctls } from "./host-sysctls.ts";
import { removeNodeFolders } from "./mount-namespaces.ts";
import { currentMounts, unmountBelow } from "./mounts.ts";
import { listNamespaces, removeNetwork } from "./network.ts";
import { type ClusterPaths, clusterPaths } from "./paths.ts";
import { type ClusterPlan, planCluster } from "./plan.ts";
import { recordedProcesses, stopProcesses } from "./processes.ts";
import { listStates } from "./state.ts";

/**
 * Removes everything of a cluster from the machine, however far it came: what belongs to it is told by its prefix, its
 * cgroups and its folder, and not by a record that an interrupted run may not have written.
 */
export async function tearDown(cache: string, name: string): Promise<void> {
  const plan = planCluster(name, 0, 1);
  const paths = clusterPaths(cache, name);
  await stopEverything(plan, paths);
  await removeNetwork(plan);
  await unmountBelow(paths.root);
  const left = await remains(cache, name);
  const serious = left.filter((each) => !each.startsWith("folder"));
  if (serious.length > 0)
    throw new Error(`the cluster ${name} could not be removed whole, left are: ${serious.join(", ")}`);
  rmSync(paths.root, { recursive: true, force: true });
  await withHostLock(cache, async () => {
    if (listStates(cache).length > 0) return;
    restoreHostSysctls(cache);
    removeNodeFolders();
  });
}

/** What a cluster has on this machine, a line each; nothing after a teardown. */
export async function remains(cache: string, name: string): Promise<string[]> {
  const plan = planCluster(name, 0, 1);
  const { root } = clusterPaths(cache, name);
  const cgroups = openCgroups();
  const table = await succeeds("nft", ["list", "table", "inet", plan.prefix]);
  return [
    ...cgroups.members(belongsTo(plan)).map((pid) => `process ${pid}`),
    ...cgroups.list(belongsTo(plan)).map((group) => `cgroup ${group}`),
    ...(await listNamespaces(plan)).map((namespace) => `network namespace ${namespace}`),
    ...(existsSync(`/sys/class/net/${plan.hostLink}`) ? [`link ${plan.hostLink}`] : []),
    ...(table ? [`nftables table ${plan.prefix}`] : []),
    ...currentMounts(root).map((mount) => `mount ${mount}`),
    ...(existsSync(root) ? [`folder ${root}`] : []),
  ];
}

const belongsTo = (plan: ClusterPlan) => (group: string) => group.startsWith(`${plan.prefix}-`);

async function stopEverything(plan: ClusterPlan, paths: ClusterPaths): Promise<void> {
  const cgroups = openCgroups();
  const belongs = belongsTo(plan);
  // Kubelets first: they would start again what ends.
  const recorded = recordedProcesses(paths);
  await stopProcesses(
    recorded.filter((process) => process.startsWith("kubelet-")),
    paths,
    2_000,
  );
  // Membership in the cluster's own groups tells its processes surely, pods and their shims included.
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const members = cgroups.members(belongs);
    for (const pid of members) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Already gone.
      }
    }
    if (members.length === 0) {
      cgroups.remove(belongs);
      if (cgroups.list(belongs).length === 0) return;
    }
    await delay(50);
  }
}
