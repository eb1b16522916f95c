import type { Resources } from "@profile-platform/crds";
import type { Footprint } from "../../component.ts";
import { statefulFootprint } from "../../kit/footprint.ts";
import { formatCpu, formatMebibytes, parseQuantity } from "../../kit/quantity.ts";
import type { PlatformModel } from "../../model.ts";
import { hasSentinels } from "./place.ts";
import { SENTINEL_RESOURCES } from "./sentinel/pod.ts";

export function footprint(model: PlatformModel): readonly Footprint[] {
  const { replicas, resources, storage } = model.redis;
  return [statefulFootprint(replicas, hasSentinels(model) ? sum(resources, SENTINEL_RESOURCES) : resources, storage)];
}

function sum(one: Resources, other: Resources): Resources {
  const of = (part: "requests" | "limits") => ({
    cpu: formatCpu(parseQuantity(one[part].cpu) + parseQuantity(other[part].cpu)),
    memory: formatMebibytes(parseQuantity(one[part].memory) + parseQuantity(other[part].memory)),
  });
  return { requests: of("requests"), limits: of("limits") };
}
