import type { V1PodTemplateSpec, V1StatefulSetSpec } from "@kubernetes/client-node";
import type { Storage } from "@profile-platform/crds";
import type { KubernetesObject } from "../../kubernetes.ts";
import { selectorLabels } from "../../labels.ts";
import type { PlatformModel } from "../model.ts";
import { objectMeta, type Place } from "./place.ts";
import { membersServiceName } from "./service.ts";
import { dataClaim, KEEP_CLAIMS } from "./volumes.ts";

export interface StatefulSetOptions {
  readonly replicas: number;
  readonly template: V1PodTemplateSpec;
  readonly storage: Storage;
  /** Seconds that a pod has to be ready before an update goes on to the next one. */
  readonly minReadySeconds?: number;
}

/** The StatefulSet of a data service: a volume a pod, which outlives pod and StatefulSet. */
export function statefulSetOf(model: PlatformModel, place: Place, options: StatefulSetOptions): KubernetesObject {
  const { replicas, template, storage, minReadySeconds } = options;
  const spec: V1StatefulSetSpec = {
    replicas,
    serviceName: membersServiceName(place),
    // In order, a pod that cannot start keeps its corrected version from being tried (kubernetes/kubernetes#67250), and
    // after a total loss the member with the latest data may not be the first one.
    podManagementPolicy: "Parallel",
    updateStrategy: { type: "RollingUpdate" },
    ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    revisionHistoryLimit: 3,
    persistentVolumeClaimRetentionPolicy: KEEP_CLAIMS,
    selector: { matchLabels: selectorLabels(model.name, place.name) },
    template,
    volumeClaimTemplates: [dataClaim(model, place, storage)],
  };
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata: objectMeta(model, place), spec };
}
