import type { KubernetesObject } from "../../kubernetes.ts";
import type { LayerName } from "../../names.ts";
import type { Component, Footprint } from "../component.ts";
import { formatCpu, formatMebibytes, parseQuantity } from "../kit/quantity.ts";
import type { PlatformModel } from "../model.ts";
import { layerMeta } from "./layer-meta.ts";

const DEFAULT_REQUEST = { cpu: "200m", memory: "256Mi" };
const DEFAULT_LIMIT = { cpu: "500m", memory: "512Mi" };

/** Room for one pod by hand, to look around while all others run. */
const SPARE: Footprint = {
  pods: 1,
  cpuRequest: DEFAULT_REQUEST.cpu,
  cpuLimit: DEFAULT_LIMIT.cpu,
  memoryRequest: DEFAULT_REQUEST.memory,
  memoryLimit: DEFAULT_LIMIT.memory,
  storage: undefined,
};

/** What containers get that name no amounts of their own. Those of the platform always do. */
export function limitRange(model: PlatformModel, layer: LayerName): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: layerMeta(model, layer, "container-defaults"),
    spec: { limits: [{ type: "Container", default: DEFAULT_LIMIT, defaultRequest: DEFAULT_REQUEST }] },
  };
}

/**
 * What a layer may use in all: its components at their largest, and one pod more. Storage is left open: claims outlive
 * the pods that used them, so that a bound could refuse the new volume that replaces a lost one.
 */
export function resourceQuota(
  model: PlatformModel,
  layer: LayerName,
  components: readonly Component[],
): KubernetesObject {
  const footprints = [...components.flatMap((component) => component.footprint(model)), SPARE];
  const total = (amount: (footprint: Footprint) => string): number =>
    footprints.reduce((sum, each) => sum + each.pods * parseQuantity(amount(each)), 0);
  const pods = footprints.reduce((sum, each) => sum + each.pods, 0);
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: layerMeta(model, layer, "layer"),
    spec: {
      hard: {
        pods: String(pods),
        "requests.cpu": formatCpu(total((each) => each.cpuRequest)),
        "requests.memory": formatMebibytes(total((each) => each.memoryRequest)),
        "limits.cpu": formatCpu(total((each) => each.cpuLimit)),
        "limits.memory": formatMebibytes(total((each) => each.memoryLimit)),
      },
    },
  };
}
