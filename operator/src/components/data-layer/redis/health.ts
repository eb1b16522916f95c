import type { V1ContainerStatus, V1PodStatus } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../kubernetes.ts";
import type { ComponentHealth, ObservedComponent } from "../../component.ts";
import { workloadHealth } from "../../kit/health/workload.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";

/**
 * A Sentinel is ready while it finds the master well, and enough others to decide with: where none is, there is no
 * master that anybody could write to.
 */
export function health(observed: ObservedComponent, model: PlatformModel): ComponentHealth {
  const workload = workloadHealth(observed, "StatefulSet", PLACE.name, model.redis.replicas);
  if (workload.state !== "Progressing") return workload;
  const sentinels = observed.pods.flatMap((pod) => sentinelOf(pod) ?? []);
  if (sentinels.length === 0 || sentinels.some(({ ready }) => ready)) return workload;
  return { ...workload, message: `${workload.message}; no Sentinel finds a master that is well` };
}

function sentinelOf(pod: KubernetesObject): V1ContainerStatus | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  const { containerStatuses = [] } = (pod["status"] as V1PodStatus | undefined) ?? {};
  return containerStatuses.find(({ name }) => name === "sentinel");
}
