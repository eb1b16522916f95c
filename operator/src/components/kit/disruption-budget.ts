import type { KubernetesObject } from "../../kubernetes.ts";
import { selectorLabels } from "../../labels.ts";
import type { PlatformModel } from "../model.ts";
import { objectMeta, type Place } from "./place.ts";

/**
 * One pod at a time leaves for a drained node. A single pod gets no budget: one that forbids its eviction would only
 * block the drain.
 */
export function disruptionBudget(model: PlatformModel, place: Place, pods: number): readonly KubernetesObject[] {
  if (pods < 2) {
    return [];
  }
  return [
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: objectMeta(model, place),
      spec: {
        maxUnavailable: 1,
        // A pod that is broken already may always go, or one bad pod would hold up every drain.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selectorLabels(model.name, place.name) },
      },
    },
  ];
}
