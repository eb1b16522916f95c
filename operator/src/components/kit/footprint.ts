import type { Resources, Storage } from "@profile-platform/crds";
import type { Footprint } from "../component.ts";
import { formatCpu, formatMebibytes, parseQuantity } from "./quantity.ts";

/** StatefulSets replace a pod only after the old one is gone: never more pods than replicas. */
export function statefulFootprint(pods: number, resources: Resources, storage: Storage): Footprint {
  return { ...shape(pods, resources), storage: storage.size };
}

/**
 * A rolling update with `maxSurge: 1` starts the next pod as soon as an old one begins to end, and what ends counts
 * against the quota until it is gone: in the worst case all old pods, all new ones, and the one of the surge.
 */
export function rollingFootprint(pods: number, resources: Resources): Footprint {
  return { ...shape(pods * 2 + 1, resources), storage: undefined };
}

/** Amounts of a pod of two containers. */
export function sumResources(one: Resources, other: Resources): Resources {
  const of = (part: "requests" | "limits") => ({
    cpu: formatCpu(parseQuantity(one[part].cpu) + parseQuantity(other[part].cpu)),
    memory: formatMebibytes(parseQuantity(one[part].memory) + parseQuantity(other[part].memory)),
  });
  return { requests: of("requests"), limits: of("limits") };
}

/** Pods that run once. */
export function jobFootprint(resources: Resources): Footprint {
  return { ...shape(1, resources), storage: undefined };
}

function shape(pods: number, resources: Resources): Omit<Footprint, "storage"> {
  return {
    pods,
    cpuRequest: resources.requests.cpu,
    cpuLimit: resources.limits.cpu,
    memoryRequest: resources.requests.memory,
    memoryLimit: resources.limits.memory,
  };
}
