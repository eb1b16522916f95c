import type { V1StatefulSetSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { selectorLabels } from "../../../labels.ts";
import { objectMeta } from "../../kit/place.ts";
import { membersServiceName } from "../../kit/service.ts";
import { dataClaim, KEEP_CLAIMS } from "../../kit/volumes.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";
import { rabbitmqPod } from "./pod.ts";

export function statefulSet(model: PlatformModel): KubernetesObject {
  const spec: V1StatefulSetSpec = {
    replicas: 1,
    serviceName: membersServiceName(PLACE),
    // In order, a pod that cannot start keeps its corrected version from being tried (kubernetes/kubernetes#67250).
    podManagementPolicy: "Parallel",
    updateStrategy: { type: "RollingUpdate" },
    revisionHistoryLimit: 3,
    persistentVolumeClaimRetentionPolicy: KEEP_CLAIMS,
    selector: { matchLabels: selectorLabels(model.name, PLACE.name) },
    template: rabbitmqPod(model),
    volumeClaimTemplates: [dataClaim(model, PLACE, model.rabbitmq.storage)],
  };
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata: objectMeta(model, PLACE), spec };
}
