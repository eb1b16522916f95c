import { ANNOTATION_PATRONI, LABEL_POSTGRESQL_ROLE } from "../../../labels.ts";
import type { ComponentHealth, ObservedComponent } from "../../component.ts";
import { isPodReady } from "../../kit/health/pods.ts";
import { workloadHealth } from "../../kit/health/workload.ts";
import type { PlatformModel } from "../../model.ts";
import { WITHOUT_DATA } from "./patroni-state.ts";
import { PLACE, SCOPE } from "./place.ts";

/** Name of the pod that is the primary and answers; undefined while there is none. */
export function primaryPod(observed: ObservedComponent): string | undefined {
  // After a failure, the old primary carries its label until it is back: ready ones count alone.
  return observed.pods.find((pod) => pod.metadata.labels?.[LABEL_POSTGRESQL_ROLE] === "primary" && isPodReady(pod))
    ?.metadata.name;
}

export function health(observed: ObservedComponent, model: PlatformModel): ComponentHealth {
  const workload = workloadHealth(observed, "StatefulSet", PLACE.name, model.postgresql.instances);
  if (workload.state === "Progressing" && isWithoutData(observed)) {
    return { ...workload, message: lossMessage(model) };
  }
  if (workload.state !== "Ready" || primaryPod(observed) !== undefined) {
    return workload;
  }
  return { ...workload, state: "Progressing", message: "no instance is the primary yet" };
}

function isWithoutData({ pods }: ObservedComponent): boolean {
  const instances = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return (
    instances.length > 0 &&
    instances.every(({ metadata }) => metadata.annotations?.[ANNOTATION_PATRONI] === WITHOUT_DATA)
  );
}

/**
 * Patroni makes a database only where there never was one: where the volumes were lost, it waits for an instance that
 * has the data. To begin with an empty one is nothing that a program may decide. A first start passes this state too,
 * for a second.
 */
function lossMessage({ namespaces }: PlatformModel): string {
  return (
    "no instance has any data. If this lasts, the database was lost with its volumes: restore it from a backup, or " +
    `begin an empty one with: kubectl delete endpoints ${SCOPE}-config -n ${namespaces[PLACE.layer]}`
  );
}
