import type { ApiClient } from "../engine/api-client.ts";
import { objectPath, type ResourceTypes } from "../engine/resource-type.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { ANNOTATION_INITIAL_REPLICAS } from "../labels.ts";
import { FIELD_MANAGER } from "../names.ts";
import type { PlatformMemory } from "./memory.ts";

/** Holds the number of pods between the operator, which lets go of it, and the autoscaler, which has not touched it. */
const HOLDER = `${FIELD_MANAGER}-initial-replicas`;

type Deployment = KubernetesObject & { readonly spec?: { readonly replicas?: number } };

export interface HandOver {
  readonly client: ApiClient;
  readonly types: ResourceTypes;
  readonly memory: Pick<PlatformMemory, "handedOver">;
  readonly signal: AbortSignal;
}

interface ManagedFields {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1?: { readonly "f:spec"?: { readonly "f:replicas"?: unknown } };
}

/**
 * What to apply of a workload whose number of pods an autoscaler decides. A new one starts with its initial number, or
 * it would run a single pod until the autoscaler first looks. One that exists is applied without the number; if the
 * operator still owns the field, another manager takes it over first, because server-side apply resets a field that its
 * last owner gives up to the default: one pod.
 */
export async function withInitialReplicas(
  wanted: KubernetesObject,
  before: KubernetesObject | undefined,
  work: HandOver,
): Promise<KubernetesObject> {
  const initial = wanted.metadata.annotations?.[ANNOTATION_INITIAL_REPLICAS];
  const uid = before?.metadata.uid;
  if (initial === undefined) {
    if (uid !== undefined) work.memory.handedOver.delete(uid);
    return wanted;
  }
  if (uid === undefined) return withReplicas(wanted, Number(initial));
  if (!work.memory.handedOver.has(uid)) {
    await handOver(wanted, uid, work);
    work.memory.handedOver.add(uid);
  }
  return wanted;
}

/** The number of pods that a workload has or asks for. */
export function replicasOf(workload: KubernetesObject): number | undefined {
  return (workload as Deployment).spec?.replicas;
}

export function withReplicas(workload: KubernetesObject, replicas: number): KubernetesObject {
  return { ...workload, spec: { ...(workload as Deployment).spec, replicas } };
}

async function handOver(wanted: KubernetesObject, uid: string, { client, types, signal }: HandOver): Promise<void> {
  const path = objectPath(types.of(wanted), wanted);
  // The cache holds no managed fields.
  const live = await client.request({ method: "GET", path, signal });
  const replicas = replicasOf(live);
  if (live.metadata.uid !== uid || replicas === undefined || !ownsReplicas(live)) return;
  const { apiVersion, kind, metadata } = wanted;
  const { name, namespace } = metadata;
  await client.request({
    method: "PATCH",
    path,
    query: { fieldManager: HOLDER, force: "true" },
    contentType: "application/apply-patch+yaml",
    body: { apiVersion, kind, metadata: { name, namespace, uid }, spec: { replicas } },
    signal,
  });
}

function ownsReplicas(live: KubernetesObject): boolean {
  const { managedFields = [] } = live.metadata as { readonly managedFields?: readonly ManagedFields[] };
  return managedFields.some(
    ({ manager, operation, fieldsV1 }) =>
      manager === FIELD_MANAGER && operation === "Apply" && fieldsV1?.["f:spec"]?.["f:replicas"] !== undefined,
  );
}
