import type { ComponentStatus } from "@profile-platform/crds";
import type { ComponentHealth } from "../../components/component.ts";
import type { ComponentName, LayerName } from "../../names.ts";

/** One component as a reconcile leaves it. */
export interface ComponentState extends Omit<ComponentHealth, "state"> {
  readonly name: ComponentName;
  readonly layer: LayerName;
  /** `Waiting`: a workload of it is held back until another component is ready. */
  readonly state: ComponentHealth["state"] | "Waiting";
  /** What is told of is the former version, since the new one is held back. */
  readonly isOutdated?: true;
}

export function readiness({ ready, wanted }: Pick<ComponentState, "ready" | "wanted">): string {
  return `${ready}/${wanted}`;
}

/**
 * A component that is not ready, for messages about it: `postgresql: 0/1 ready, pod postgresql-0 is starting`, or
 * `server, which waits for …`.
 */
export function describeState(component: ComponentState): string {
  const { name, message } = component;
  if (message.startsWith("waits for")) return `${name}, which ${message}`;
  if (message.includes("ready")) return `${name}: ${message}`;
  return `${name}: ${[`${readiness(component)} ready`, message].filter((part) => part !== "").join(", ")}`;
}

export function componentStatus(component: ComponentState): ComponentStatus {
  const { name, layer, state, message } = component;
  return { name, layer, state, ready: readiness(component), message };
}
