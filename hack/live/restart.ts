import type { LiveCluster } from "./cluster.ts";
import { namespaceOf, requirePlatform } from "./platform.ts";
import { WORKLOADS, type WorkloadName } from "./workloads.ts";

/** Restarts workloads pod by pod, and waits until each is back. A Job has nothing to restart. */
export async function restart(cluster: LiveCluster, names: readonly WorkloadName[]): Promise<void> {
  const { kubectl, progress } = cluster;
  const platform = await requirePlatform(cluster);
  for (const name of names) {
    const { layer, kind } = WORKLOADS[name];
    if (kind === "job" || layer === "operator") continue;
    const at = ["--namespace", namespaceOf(platform, layer)];
    await progress.step(`restart of ${name}`, async () => {
      await kubectl.run(["rollout", "restart", `${kind}/${name}`, ...at]);
      await kubectl.run(["rollout", "status", `${kind}/${name}`, ...at, "--timeout=180s"]);
    });
  }
}
