import type { KubernetesObject } from "@kubernetes/client-node";

export const PROVISIONER = "profileplatform.dev/local-volume";

export function storageClass(): readonly KubernetesObject[] {
  return [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: PROVISIONER,
      reclaimPolicy: "Delete",
      // A volume lies on one node: the scheduler must have chosen it first.
      volumeBindingMode: "WaitForFirstConsumer",
    } as KubernetesObject,
  ];
}
