import { isAppliedBy } from "../../engine/apply/managed-fields.ts";
import { objectPath } from "../../engine/client/resource-type.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { FIELD_MANAGER } from "../../names.ts";
import type { Work } from "./apply-object.ts";

/**
 * Owner of `spec.replicas` from the moment when the operator gives it up until an autoscaler sets it. Server-side apply
 * resets a field that its last owner gives up to the default: without this, a change to autoscaling would first scale
 * down to one pod.
 */
const REPLICAS_MANAGER = `${FIELD_MANAGER}-replicas`;

interface Autoscaler {
  readonly minReplicas?: number;
  readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
}

type Tools = Pick<Work, "client" | "types" | "signal" | "live">;

/** The least number of pods of a workload whose number belongs to an autoscaler among `objects`; otherwise undefined. */
export function autoscaledMinimum(
  { kind, metadata: { name } }: KubernetesObject,
  objects: readonly KubernetesObject[],
): number | undefined {
  const specs = objects
    .filter((object) => object.kind === "HorizontalPodAutoscaler")
    .map((object) => object["spec"] as Autoscaler);
  const spec = specs.find(({ scaleTargetRef }) => scaleTargetRef?.kind === kind && scaleTargetRef.name === name);
  return spec === undefined ? undefined : (spec.minReplicas ?? 1);
}

/** Number of pods that a workload asks for. */
export function replicasOf(object: KubernetesObject | undefined): number | undefined {
  return (object?.["spec"] as { readonly replicas?: number } | undefined)?.replicas;
}

/** Before the operator applies a workload without a number of pods: keeps the number that it owned. Throws ApiError. */
export async function handOverReplicas(cached: KubernetesObject, tools: Tools): Promise<void> {
  const { client, types, signal } = tools;
  // The cache has no managed fields, and may be behind an autoscaler that works already.
  const found = await client.request({ method: "GET", path: objectPath(types.of(cached), cached), signal });
  const replicas = replicasOf(found);
  if (
    replicas === undefined ||
    found.metadata.uid !== cached.metadata.uid ||
    !isAppliedBy(found, FIELD_MANAGER, ["spec", "replicas"])
  )
    return;
  await holdReplicas(cached, replicas, tools);
}

/** Keeps the number of pods of a live workload at `replicas` until its autoscaler says otherwise. Throws ApiError. */
export async function holdReplicas(
  cached: KubernetesObject,
  replicas: number,
  { client, types, signal, live }: Tools,
): Promise<void> {
  const { apiVersion, kind, metadata } = cached;
  const { name, namespace, uid } = metadata;
  const object = await client.request({
    method: "PATCH",
    path: objectPath(types.of(cached), cached),
    query: { fieldManager: REPLICAS_MANAGER, force: "true" },
    contentType: "application/apply-patch+yaml",
    body: { apiVersion, kind, metadata: { name, namespace, uid }, spec: { replicas } },
    signal,
  });
  live.wrote(object, cached);
}
