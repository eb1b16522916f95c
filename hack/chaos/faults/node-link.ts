import { run } from "../../cluster/embedded/command.ts";
import type { ClusterPlan } from "../../cluster/embedded/plan.ts";

/** Pulls the cable of a node, or plugs it in again. Nothing that comes from the node or goes to it passes meanwhile. */
export async function setNodeLink(plan: ClusterPlan, node: string, state: "up" | "down"): Promise<void> {
  await run("ip", ["-n", plan.fabricNamespace, "link", "set", node, state]);
}
