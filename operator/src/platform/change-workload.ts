import { differingPaths } from "../engine/content.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { attemptFor, isWantedAsBefore, type Work } from "./apply-object.ts";
import { applyWorkload } from "./apply-workload.ts";
import { foreseeRestart, readWhole } from "./foresee-restart.ts";
import type { WorkloadChange } from "./gate.ts";
import { belongsTo } from "./identity.ts";
import { restorationCauses } from "./restart.ts";
import { formerJob } from "./workload-change.ts";

export interface ChangeOptions {
  readonly change: WorkloadChange;
  /** Of pods, where their number belongs to an autoscaler. */
  readonly minimum: number | undefined;
  /** Otherwise a change that restarts pods, or runs a Job for a new version, is booked as awaiting its turn. */
  readonly mayRestart: boolean;
}

/** Applies a workload, and books that its pods restart, with the reason, if they do. Throws as applyObject does. */
export async function changeWorkload(
  wanted: KubernetesObject,
  { change, minimum, mayRestart }: ChangeOptions,
  work: Work,
): Promise<void> {
  const { live, ledger, identity, memory } = work;
  if (!mayRestart && formerJob(wanted, identity.name, live) !== undefined) return ledger.awaitsTurn(wanted);
  let causes: readonly string[] = [];
  let before: KubernetesObject | undefined;
  if (isInReach(wanted, work)) {
    const looked = await attemptFor(wanted, work, async () => {
      if (change === "changed") causes = await foreseeRestart(wanted, work);
      // What was changed by hand while no operator ran is put back without a word of its fields.
      else if (!isWantedAsBefore(wanted, memory)) before = await readWhole(wanted, work);
    });
    if (!looked) return;
    if (causes.length > 0 && !mayRestart) return ledger.awaitsTurn(wanted);
  }
  await applyWorkload(wanted, change, minimum, work);
  if (ledger.problemOf(wanted) !== undefined) return;
  if (change === "kept") causes = restorationCauses(await restoredFields(wanted, before, work));
  if (causes.length > 0) ledger.restarted(wanted, causes);
}

/** Paths of what was put back in a live workload; `before`: as it was, where the ledger does not say. */
async function restoredFields(
  wanted: KubernetesObject,
  before: KubernetesObject | undefined,
  work: Work,
): Promise<readonly string[]> {
  if (before === undefined) return work.ledger.changedFields(wanted);
  const { kind, metadata } = wanted;
  const generation = work.live.get(kind, metadata.namespace, metadata.name)?.metadata.generation;
  if (generation === before.metadata.generation) return [];
  return differingPaths(before["spec"], (await readWhole(wanted, work))?.["spec"], "spec");
}

/** Whether it can be changed at all; where it cannot, applying it books the reason. */
function isInReach(wanted: KubernetesObject, { live, ledger, identity, memory }: Work): boolean {
  const found = live.get(wanted.kind, wanted.metadata.namespace, wanted.metadata.name);
  return (
    wanted.kind !== "Job" &&
    ledger.closedFor(wanted) === undefined &&
    found !== undefined &&
    found.metadata.deletionTimestamp === undefined &&
    belongsTo(found, identity, memory.applier.appliedUid(found))
  );
}
