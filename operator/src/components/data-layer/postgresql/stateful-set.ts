import type { V1StatefulSetSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { selectorLabels } from "../../../labels.ts";
import { objectMeta } from "../../kit/place.ts";
import { membersServiceName } from "../../kit/service.ts";
import { dataClaim, KEEP_CLAIMS } from "../../kit/volumes.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";
import { postgresqlPod } from "./pod.ts";

export function statefulSet(model: PlatformModel): KubernetesObject {
  const spec: V1StatefulSetSpec = {
    replicas: model.postgresql.instances,
    serviceName: membersServiceName(PLACE),
    // After a total loss any member may hold the latest data: none may wait for the one before it.
    podManagementPolicy: "Parallel",
    updateStrategy: { type: "RollingUpdate" },
    // Patroni calls a replica ready before it has caught up. An update that goes on to the primary at once finds nobody
    // to take over.
    minReadySeconds: 10,
    revisionHistoryLimit: 3,
    persistentVolumeClaimRetentionPolicy: KEEP_CLAIMS,
    selector: { matchLabels: selectorLabels(model.name, PLACE.name) },
    template: postgresqlPod(model),
    volumeClaimTemplates: [dataClaim(model, PLACE, model.postgresql.storage)],
  };
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata: objectMeta(model, PLACE), spec };
}
