import type { WholeParts } from "../../engine/apply/whole-parts.ts";
import type { KubernetesObject } from "../../kubernetes.ts";

/**
 * Parts of objects that are the operator's alone. Server-side apply leaves what others add to them, as their fields;
 * but an added container, an added way through a network policy or an added key of a configuration is drift like any
 * other, and so is a way of rolling out that holds changes back. Annotations of pod templates are not among them:
 * `kubectl rollout restart` adds one.
 */
export const WHOLE_PARTS: WholeParts = {
  ConfigMap: ["/data", "/binaryData"],
  Deployment: ["/spec/template/spec", "/spec/strategy", "/spec/paused"],
  HorizontalPodAutoscaler: ["/spec"],
  Job: ["/spec/suspend"],
  LimitRange: ["/spec"],
  NetworkPolicy: ["/spec"],
  PodDisruptionBudget: ["/spec"],
  ResourceQuota: ["/spec"],
  Service: ["/spec/ports", "/spec/selector", "/spec/externalIPs", "/spec/publishNotReadyAddresses"],
  StatefulSet: ["/spec/template/spec", "/spec/updateStrategy"],
};

/** Whether a field that changed is one that the operator sets: labels and annotations of others are theirs. */
export function isOwnField(wanted: KubernetesObject, path: string): boolean {
  const [, field, plain, quoted] = /^metadata\.(annotations|labels)(?:\.([\w-]+)|\["(.+)"\])$/.exec(path) ?? [];
  const key = plain ?? quoted;
  if (field === undefined || key === undefined) return true;
  return wanted.metadata[field as "annotations" | "labels"]?.[key] !== undefined;
}
