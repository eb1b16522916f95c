import type { KubernetesObject } from "../../../kubernetes.ts";
import { statefulSetOf } from "../../kit/stateful-set.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";
import { rabbitmqPod } from "./pod.ts";

export function statefulSet(model: PlatformModel): KubernetesObject {
  const { replicas, storage } = model.rabbitmq;
  return statefulSetOf(model, PLACE, { replicas, template: rabbitmqPod(model), storage });
}
