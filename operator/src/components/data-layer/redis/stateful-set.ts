import type { KubernetesObject } from "../../../kubernetes.ts";
import { statefulSetOf } from "../../kit/stateful-set.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";
import { redisPod } from "./pod.ts";

export function statefulSet(model: PlatformModel): KubernetesObject {
  return statefulSetOf(model, PLACE, { replicas: 1, template: redisPod(model), storage: model.redis.storage });
}
