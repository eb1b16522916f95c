import { LABEL_POSTGRESQL_ROLE } from "../../../labels.ts";
import type { ComponentHealth, ObservedComponent } from "../../component.ts";
import { isPodReady } from "../../kit/health/pods.ts";
import { workloadHealth } from "../../kit/health/workload.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";

/** Name of the pod that is the primary and answers; undefined while there is none. */
export function primaryPod(observed: ObservedComponent): string | undefined {
  // After a failure, the old primary carries its label until it is back: ready ones count alone.
  return observed.pods.find((pod) => pod.metadata.labels?.[LABEL_POSTGRESQL_ROLE] === "primary" && isPodReady(pod))
    ?.metadata.name;
}

export function health(observed: ObservedComponent, model: PlatformModel): ComponentHealth {
  const workload = workloadHealth(observed, "StatefulSet", PLACE.name, model.postgresql.instances);
  if (workload.state !== "Ready" || primaryPod(observed) !== undefined) {
    return workload;
  }
  return { ...workload, state: "Progressing", message: "no instance is the primary yet" };
}
