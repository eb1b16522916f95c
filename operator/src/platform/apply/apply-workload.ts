import type { KubernetesObject } from "../../kubernetes.ts";
import { applyObject, attemptFor, type Work } from "./apply-object.ts";
import { handOverReplicas, holdReplicas, replicasOf } from "./autoscaled.ts";
import type { WorkloadChange } from "./gate.ts";

/**
 * Applies an object that runs pods. `minimum`: the number of pods belongs to an autoscaler, which needs up to 15 s
 * before it first sets it. Returns what applyObject does.
 */
export async function applyWorkload(
  wanted: KubernetesObject,
  change: WorkloadChange,
  minimum: number | undefined,
  work: Work,
): Promise<KubernetesObject | undefined> {
  if (minimum === undefined) return applyObject(wanted, work);
  const find = () => work.live.get(wanted.kind, wanted.metadata.namespace, wanted.metadata.name);
  const before = find();
  if (before !== undefined && change === "changed") {
    const handedOver = await attemptFor(wanted, work, () => handOverReplicas(before, work));
    // Applied all the same, it would scale down.
    if (!handedOver) return undefined;
  }
  const applied = await applyObject(wanted, work);
  const after = find();
  if (before === undefined && after !== undefined && (replicasOf(after) ?? 1) < minimum) {
    await attemptFor(wanted, work, () => holdReplicas(after, minimum, work));
  }
  return applied;
}
