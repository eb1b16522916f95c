import type { Component } from "../components/component.ts";
import type { PlatformModel } from "../components/model.ts";
import { concurrently } from "../engine/concurrently.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { applyObject, type Work } from "./apply-object.ts";
import { autoscaledMinimum } from "./autoscaled.ts";
import { batches } from "./batches.ts";
import { changeWorkload } from "./change-workload.ts";
import type { ComponentState } from "./component-state.ts";
import { gate } from "./gate.ts";
import { WORKLOAD_KINDS } from "./kinds.ts";
import { observe } from "./observe.ts";
import type { Step } from "./plan.ts";
import { unreadContent } from "./unread-content.ts";
import { formerJob, specHash, workloadChange } from "./workload-change.ts";

/** Objects of one platform that are applied at the same time: most of an apply is waiting for the API server. */
const AT_ONCE = 8;

/**
 * Applies a plan step by step, and says in what state each component is afterwards, in the plan's order. `mayRestart`:
 * pods may be restarted; otherwise what would restart them is left as it is, and booked as awaiting its turn.
 */
export async function carryOut(
  steps: readonly Step[],
  model: PlatformModel,
  work: Work,
  mayRestart: boolean,
): Promise<readonly ComponentState[]> {
  const states = new Map<string, ComponentState>();
  for (const { component, objects } of steps) {
    const held = await applyStep(objects, component, states, work, mayRestart);
    if (component !== undefined) states.set(component.name, stateOf(component, objects, held, model, work));
  }
  return [...states.values()];
}

/** The state in which each component of a plan is, without anything done about it. */
export function lookAt(steps: readonly Step[], model: PlatformModel, work: Work): readonly ComponentState[] {
  return steps.flatMap(({ component, objects }) =>
    component === undefined ? [] : [stateOf(component, objects, undefined, model, work)],
  );
}

/** Whether every workload of a plan is live as it is wanted. */
export function isRolledOut(steps: readonly Step[], { live }: Pick<Work, "live">): boolean {
  const workloads = steps.flatMap(({ objects }) => objects).filter(({ kind }) => WORKLOAD_KINDS.has(kind));
  return workloads.every((wanted) => {
    const found = live.get(wanted.kind, wanted.metadata.namespace, wanted.metadata.name);
    return found !== undefined && specHash(found) === specHash(wanted);
  });
}

/** Returns why a workload of the step is held back; undefined when none is. */
async function applyStep(
  objects: readonly KubernetesObject[],
  component: Component | undefined,
  states: ReadonlyMap<string, ComponentState>,
  work: Work,
  mayRestart: boolean,
): Promise<string | undefined> {
  let held: string | undefined;
  const applyOne = async (object: KubernetesObject): Promise<void> => {
    if (!isWorkload(object)) return applyObject(object, work);
    const change = workloadChange(object, work);
    const wait = gate(change, component?.dependsOn ?? [], states) ?? unreadContent(object, change, work.ledger);
    const minimum = autoscaledMinimum(object, objects);
    if (wait === undefined) await changeWorkload(object, { change, minimum, mayRestart }, work);
    held ??= wait;
  };
  for (const batch of batches(objects, isWorkload)) {
    await concurrently(batch, AT_ONCE, () => undefined, applyOne);
  }
  return held;
}

function isWorkload({ kind }: KubernetesObject): boolean {
  return WORKLOAD_KINDS.has(kind);
}

/** What stands in a component's way counts before what its pods say. */
function stateOf(
  component: Component,
  objects: readonly KubernetesObject[],
  held: string | undefined,
  model: PlatformModel,
  { live, ledger }: Work,
): ComponentState {
  const { name, layer } = component;
  const observed = observe(component, model, live);
  // While a new version is held back, its Job is not missing: what the former one did is what runs.
  const former = objects.flatMap((object) => formerJob(object, model.name, live) ?? [])[0];
  const isOutdated =
    former !== undefined && (ledger.heldBack || objects.some((object) => ledger.isAwaitingTurn(object)));
  const find = (kind: string, wanted: string) =>
    observed.find(kind, wanted) ?? (isOutdated && kind === "Job" ? former : undefined);
  const health = component.health({ ...observed, find }, model);
  const problems = objects.flatMap((object) => ledger.problemOf(object) ?? []);
  const problem = problems.find(({ state }) => state === "Failed") ?? problems[0];
  if (problem !== undefined) return { ...health, name, layer, ...problem };
  if (held !== undefined) return { ...health, name, layer, state: "Waiting", message: held };
  return { ...health, name, layer, ...(isOutdated ? { isOutdated: true as const } : {}) };
}
