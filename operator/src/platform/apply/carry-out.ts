import type { Component } from "../../components/component.ts";
import type { PlatformModel } from "../../components/model.ts";
import { concurrently } from "../../engine/kit/concurrently.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { WORKLOAD_KINDS } from "../live/kinds.ts";
import { observe } from "../live/observe.ts";
import { applyOrder } from "../plan/order.ts";
import type { Step } from "../plan/plan.ts";
import { changeWorkload } from "../restarts/change-workload.ts";
import { formerJob, specHash, workloadChange } from "../restarts/workload-change.ts";
import type { ComponentState } from "../status/component-state.ts";
import { applyObject, isSettled, type Work } from "./apply-object.ts";
import { autoscaledMinimum } from "./autoscaled.ts";
import { gate } from "./gate.ts";
import { unreadContent } from "./unread-content.ts";

/** Objects of one platform that are applied at the same time: most of an apply is waiting for the API server. */
const AT_ONCE = 8;

/**
 * Applies a plan, and says in what state each component is afterwards, in the plan's order: first of all components what
 * stands before their workloads, then the workloads, each after those of the components that it depends on.
 * `mayRestart`: pods may be restarted; otherwise what would restart them is left as it is, and booked as awaiting its
 * turn.
 */
export async function carryOut(
  steps: readonly Step[],
  model: PlatformModel,
  work: Work,
  mayRestart: boolean,
): Promise<readonly ComponentState[]> {
  const parts = steps.map((step) => ({ ...step, ...split(step.objects) }));
  await applyAll(
    parts.flatMap(({ grounds }) => grounds),
    work,
  );
  const ofComponents = parts.filter((part) => part.component !== undefined);
  const states = new Map<string, ComponentState>();
  const awaited = ({ component }: Part): readonly Part[] => {
    const names = component?.dependsOn.map((dependency) => dependency.component) ?? [];
    return ofComponents.filter((part) => part.component !== undefined && names.includes(part.component.name));
  };
  await concurrently(ofComponents, AT_ONCE, awaited, async ({ component, objects, rest }) => {
    if (component === undefined) return;
    let held: string | undefined;
    for (const object of rest) {
      const wait = await applyOne(object, { component, objects, states, mayRestart }, work);
      held ??= wait;
    }
    states.set(component.name, stateOf(component, objects, held, model, work));
  });
  return ofComponents.flatMap(({ component }) => states.get(component?.name ?? "") ?? []);
}

/** Applies objects that wait for no pod, several at once. Throws as applyObject does. */
export async function applyAll(objects: readonly KubernetesObject[], work: Work): Promise<void> {
  const due = objects.filter((object) => !isSettled(object, work));
  await concurrently(due, AT_ONCE, applyOrder(due), async (object) => {
    await applyObject(object, work);
  });
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

interface Part extends Step {
  /** What stands before the first workload. */
  readonly grounds: readonly KubernetesObject[];
  /** The workloads, and what needs them to be there. */
  readonly rest: readonly KubernetesObject[];
}

function split(objects: readonly KubernetesObject[]): Pick<Part, "grounds" | "rest"> {
  const first = objects.findIndex(isWorkload);
  return first < 0 ? { grounds: objects, rest: [] } : { grounds: objects.slice(0, first), rest: objects.slice(first) };
}

interface Surroundings {
  readonly component: Component;
  /** All objects of the component. */
  readonly objects: readonly KubernetesObject[];
  /** Of the components that have been carried out. */
  readonly states: ReadonlyMap<string, ComponentState>;
  readonly mayRestart: boolean;
}

/** Returns why a workload is held back; undefined when it is not. */
async function applyOne(
  object: KubernetesObject,
  { component, objects, states, mayRestart }: Surroundings,
  work: Work,
): Promise<string | undefined> {
  if (!isWorkload(object)) {
    await applyObject(object, work);
    return undefined;
  }
  const change = workloadChange(object, work);
  const wait = gate(change, component.dependsOn, states) ?? unreadContent(object, change, work.ledger);
  const minimum = autoscaledMinimum(object, objects);
  if (wait === undefined) await changeWorkload(object, { change, minimum, mayRestart }, work);
  return wait;
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
