import { differingPaths } from "../../engine/cache/content.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { attemptFor, isWantedAsBefore, type Work } from "../apply/apply-object.ts";
import { applyWorkload } from "../apply/apply-workload.ts";
import type { WorkloadChange } from "../apply/gate.ts";
import { belongsTo } from "../plan/identity.ts";
import { foreseeRestart, readWhole } from "./foresee-restart.ts";
import { restartCauses, restorationCauses } from "./restart.ts";
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
  let before: KubernetesObject | undefined;
  let mustWait = false;
  // What was changed by hand while no operator ran is put back without a word of its fields.
  if (isInReach(wanted, work) && (change === "changed" || !isWantedAsBefore(wanted, memory))) {
    const looked = await attemptFor(wanted, work, async () => {
      before = await readWhole(wanted, work);
      mustWait = !mayRestart && change === "changed" && (await restarts(wanted, before, work));
    });
    if (!looked) return;
    if (mustWait) return ledger.awaitsTurn(wanted);
  }
  const after = await applyWorkload(wanted, change, minimum, work);
  if (ledger.problemOf(wanted) !== undefined) return;
  const causes =
    change === "kept" ? restorationCauses(restoredFields(wanted, before, after, work)) : restartsSeen(before, after);
  if (causes.length > 0) ledger.restarted(wanted, causes);
}

async function restarts(wanted: KubernetesObject, before: KubernetesObject | undefined, work: Work): Promise<boolean> {
  return before !== undefined && (await foreseeRestart(wanted, before, work)).length > 0;
}

/** Why the change of a live workload restarted its pods. */
function restartsSeen(before: KubernetesObject | undefined, after: KubernetesObject | undefined): readonly string[] {
  return before === undefined || after === undefined ? [] : restartCauses(before, after);
}

/** Paths of what was put back in a live workload; `before`: as it was, where the ledger does not say. */
function restoredFields(
  wanted: KubernetesObject,
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
  { ledger }: Work,
): readonly string[] {
  if (before === undefined) return ledger.changedFields(wanted);
  const isSame = after === undefined || after.metadata.generation === before.metadata.generation;
  return isSame ? [] : differingPaths(before["spec"], after["spec"], "spec");
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
