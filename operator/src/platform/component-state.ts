import type { ComponentStatus } from "@profile-platform/crds";
import type { ComponentHealth } from "../components/component.ts";
import type { ComponentName, LayerName } from "../names.ts";

/** One component as a reconcile leaves it. */
export interface ComponentState extends Omit<ComponentHealth, "state"> {
  readonly name: ComponentName;
  readonly layer: LayerName;
  /** `Waiting`: a workload of it is held back until another component is ready. */
  readonly state: ComponentHealth["state"] | "Waiting";
}

export function readiness({ ready, wanted }: Pick<ComponentState, "ready" | "wanted">): string {
  return `${ready}/${wanted}`;
}

/** `postgresql: 0/1 ready, pod postgresql-0 is starting`, for messages about a component that is not ready. */
export function describeState(component: ComponentState): string {
  const { name, message } = component;
  const counted = `${name}: ${readiness(component)} ready`;
  return message === "" ? counted : `${counted}, ${message}`;
}

export function componentStatus(component: ComponentState): ComponentStatus {
  const { name, layer, state, message } = component;
  return { name, layer, state, ready: readiness(component), message };
}
