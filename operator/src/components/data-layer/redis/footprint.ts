import type { Footprint } from "../../component.ts";
import { statefulFootprint, sumResources } from "../../kit/footprint.ts";
import type { PlatformModel } from "../../model.ts";
import { hasSentinels } from "./place.ts";
import { SENTINEL_RESOURCES } from "./sentinel/pod.ts";

export function footprint(model: PlatformModel): readonly Footprint[] {
  const { replicas, resources, storage } = model.redis;
  return [
    statefulFootprint(replicas, hasSentinels(model) ? sumResources(resources, SENTINEL_RESOURCES) : resources, storage),
  ];
}
