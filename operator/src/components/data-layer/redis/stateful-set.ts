import type { KubernetesObject } from "../../../kubernetes.ts";
import { statefulSetOf } from "../../kit/stateful-set.ts";
import type { PlatformModel } from "../../model.ts";
import { hasSentinels, PLACE } from "./place.ts";
import { redisPod } from "./pod.ts";

/** Sentinels look at each replica every 10 seconds, and promote none that they have not looked at. */
const KNOWN_SECONDS = 10;

export function statefulSet(model: PlatformModel): KubernetesObject {
  return statefulSetOf(model, PLACE, {
    replicas: model.redis.replicas,
    template: redisPod(model),
    storage: model.redis.storage,
    ...(hasSentinels(model) ? { minReadySeconds: KNOWN_SECONDS } : {}),
  });
}
