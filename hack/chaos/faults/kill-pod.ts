import type { Place } from "../inside.ts";

/** Deletes a pod without asking it to end. */
export async function killPod({ kubectl, namespace }: Place, ...pods: readonly string[]): Promise<void> {
  await kubectl.killPods(...pods, "-n", namespace);
}
