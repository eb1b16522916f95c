import type { V2HorizontalPodAutoscalerSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";

export function autoscaler(model: PlatformModel): readonly KubernetesObject[] {
  const { autoscaling } = model.server;
  if (autoscaling === undefined) {
    return [];
  }
  const spec: V2HorizontalPodAutoscalerSpec = {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: PLACE.name },
    minReplicas: autoscaling.minReplicas,
    maxReplicas: autoscaling.maxReplicas,
    metrics: [
      {
        type: "Resource",
        resource: {
          name: "cpu",
          target: { type: "Utilization", averageUtilization: autoscaling.targetCPUUtilizationPercentage },
        },
      },
    ],
  };
  return [{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: objectMeta(model, PLACE), spec }];
}
