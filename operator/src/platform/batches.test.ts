import { expect, test } from "vitest";
import type { KubernetesObject } from "../kubernetes.ts";
import { batches } from "./batches.ts";

const object = (kind: string): KubernetesObject => ({ apiVersion: "v1", kind, metadata: { name: kind } });

test("what stands between namespaces, rights and workloads goes together", () => {
  const kinds =
    "Namespace RoleBinding LimitRange ResourceQuota NetworkPolicy ServiceAccount Role RoleBinding " +
    "ConfigMap Service StatefulSet Deployment PodDisruptionBudget HorizontalPodAutoscaler";
  const isWorkload = ({ kind }: KubernetesObject) => kind === "StatefulSet" || kind === "Deployment";
  expect(batches(kinds.split(" ").map(object), isWorkload).map((batch) => batch.map(({ kind }) => kind))).toEqual([
    ["Namespace"],
    ["RoleBinding"],
    ["LimitRange", "ResourceQuota", "NetworkPolicy", "ServiceAccount"],
    ["Role"],
    ["RoleBinding"],
    ["ConfigMap", "Service"],
    ["StatefulSet"],
    ["Deployment"],
    ["PodDisruptionBudget", "HorizontalPodAutoscaler"],
  ]);
  expect(batches([], isWorkload)).toEqual([]);
});
