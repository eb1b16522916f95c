import type { Component } from "../components/component.ts";
import type { PlatformModel } from "../components/model.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { ANNOTATION_SPEC_HASH } from "../labels.ts";
import { applyObject, isWantedAsBefore, type Work } from "./apply-object.ts";
import { applyWorkload } from "./apply-workload.ts";
import { autoscaledMinimum } from "./autoscaled.ts";
import type { ComponentState } from "./component-state.ts";
import { gate, type WorkloadChange } from "./gate.ts";
import { WORKLOAD_KINDS } from "./kinds.ts";
import { observe } from "./observe.ts";
import type { Step } from "./plan.ts";

/** Applies a plan step by step, and says in what state each component is afterwards, in the plan's order. */
export async function carryOut(
  steps: readonly Step[],
  model: PlatformModel,
  work: Work,
): Promise<readonly ComponentState[]> {
  const states = new Map<string, ComponentState>();
  for (const { component, objects } of steps) {
    const held = await applyStep(objects, component, states, work);
    if (component !== undefined) states.set(component.name, stateOf(component, objects, held, model, work));
  }
  return [...states.values()];
}

/** Returns why a workload of the step is held back; undefined when none is. */
async function applyStep(
  objects: readonly KubernetesObject[],
  component: Component | undefined,
  states: ReadonlyMap<string, ComponentState>,
  work: Work,
): Promise<string | undefined> {
  let held: string | undefined;
  for (const object of objects) {
    if (!WORKLOAD_KINDS.has(object.kind)) {
      await applyObject(object, work);
      continue;
    }
    const change = changeOf(object, work);
    const wait = gate(change, component?.dependsOn ?? [], states);
    if (wait === undefined) await applyWorkload(object, change, autoscaledMinimum(object, objects), work);
    held ??= wait;
  }
  return held;
}

function changeOf(wanted: KubernetesObject, { live, memory }: Work): WorkloadChange {
  const found = live.get(wanted.kind, wanted.metadata.namespace, wanted.metadata.name);
  if (found === undefined) {
    // Deleted by hand, or out of sight because its labels were: what ran before may run again. A Job would start anew.
    return wanted.kind !== "Job" && isWantedAsBefore(wanted, memory) ? "kept" : "created";
  }
  const hash = (object: KubernetesObject) => object.metadata.annotations?.[ANNOTATION_SPEC_HASH];
  return hash(found) === hash(wanted) ? "kept" : "changed";
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
  const health = component.health(observe(component, model, live), model);
  const problems = objects.flatMap((object) => ledger.problemOf(object) ?? []);
  const problem = problems.find(({ state }) => state === "Failed") ?? problems[0];
  if (problem !== undefined) return { ...health, name, layer, ...problem };
  if (held !== undefined) return { ...health, name, layer, state: "Waiting", message: held };
  return { ...health, name, layer };
}
