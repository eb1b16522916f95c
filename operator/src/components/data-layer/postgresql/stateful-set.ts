import type { KubernetesObject } from "../../../kubernetes.ts";
import { statefulSetOf } from "../../kit/stateful-set.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";
import { postgresqlPod } from "./pod.ts";

/**
 * Patroni calls a replica ready before it has caught up. An update that goes on to the primary at once finds nobody to
 * take over.
 */
const CATCH_UP_SECONDS = 10;

export function statefulSet(model: PlatformModel): KubernetesObject {
  return statefulSetOf(model, PLACE, {
    replicas: model.postgresql.instances,
    template: postgresqlPod(model),
    storage: model.postgresql.storage,
    minReadySeconds: CATCH_UP_SECONDS,
  });
}
