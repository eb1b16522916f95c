import type { Place } from "../inside.ts";

/** Deletes a pod without asking it to end. */
export async function killPod({ kubectl, namespace }: Place, ...pods: readonly string[]): Promise<void> {
  await kubectl.run(["delete", "pod", ...pods, "-n", namespace, "--grace-period=0", "--force", "--wait=false"]);
}
