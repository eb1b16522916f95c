import type { V1ContainerStatus } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../kubernetes.ts";
import type { ObservedComponent } from "../component.ts";

/** Live objects and pods of a component, as a cache would show them. */
export function observed(
  objects: readonly KubernetesObject[],
  pods: readonly KubernetesObject[] = [],
): ObservedComponent {
  return { pods, find: (kind, name) => objects.find((each) => each.kind === kind && each.metadata.name === name) };
}

export function workload(
  kind: "Deployment" | "StatefulSet",
  name: string,
  replicas: number,
  status: Readonly<Record<string, unknown>>,
): KubernetesObject {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: "some-layer", generation: 2 },
    spec: { replicas },
    status: { observedGeneration: 2, ...status },
  };
}

/** A workload whose pods are all of the latest version and ready. */
export function settled(kind: "Deployment" | "StatefulSet", name: string, replicas: number): KubernetesObject {
  return workload(kind, name, replicas, { replicas, updatedReplicas: replicas, readyReplicas: replicas });
}

export function pod(
  name: string,
  options: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ready?: boolean;
    readonly deleting?: boolean;
    readonly conditions?: readonly object[];
    readonly container?: Partial<V1ContainerStatus>;
  } = {},
): KubernetesObject {
  const ready = options.ready ?? false;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "some-layer",
      labels: options.labels ?? {},
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
      ...(options.deleting === true ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: { containers: [{ name: "main", image: "registry.example/some:1" }] },
    status: {
      conditions: options.conditions ?? [{ type: "Ready", status: ready ? "True" : "False" }],
      containerStatuses: [{ name: "main", ready, restartCount: 0, ...options.container }],
    },
  };
}
