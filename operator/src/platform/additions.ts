import type { ApiClient } from "../engine/api-client.ts";
import { withoutManagedFields } from "../engine/raw-object.ts";
import { objectPath, type ResourceTypes } from "../engine/resource-type.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { FIELD_MANAGER } from "../names.ts";

/**
 * Parts of objects that are the operator's alone. Server-side apply leaves what others add to them, as their fields;
 * but an added container, an added way through a network policy or an added key of a configuration is drift like any
 * other. Annotations of pod templates are not among them: `kubectl rollout restart` adds one.
 */
const WHOLE_PARTS: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ["/data", "/binaryData"],
  Deployment: ["/spec/template/spec"],
  HorizontalPodAutoscaler: ["/spec"],
  LimitRange: ["/spec"],
  NetworkPolicy: ["/spec"],
  PodDisruptionBudget: ["/spec"],
  ResourceQuota: ["/spec"],
  Service: ["/spec/ports", "/spec/selector", "/spec/externalIPs"],
  StatefulSet: ["/spec/template/spec"],
};

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: "test" | "replace" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

export interface AdditionTools {
  readonly client: ApiClient;
  readonly types: ResourceTypes;
  readonly signal: AbortSignal;
}

/**
 * Brings those parts of a live object to what is wanted and nothing more, and returns it as it is then. What is not
 * wanted explicitly gets the API server's default again, so that nothing is written when nobody added anything.
 */
export async function removeAdditions(
  wanted: KubernetesObject,
  live: KubernetesObject,
  { client, types, signal }: AdditionTools,
): Promise<KubernetesObject> {
  const operations = replaceParts(wanted, live);
  if (operations.length === 0) return live;
  const uid: PatchOperation = { op: "test", path: "/metadata/uid", value: live.metadata.uid };
  const object = await client.request({
    method: "PATCH",
    path: objectPath(types.of(live), live),
    query: { fieldManager: FIELD_MANAGER },
    contentType: "application/json-patch+json",
    body: [uid, ...operations],
    signal,
  });
  return withoutManagedFields(object);
}

export function replaceParts(wanted: KubernetesObject, live: KubernetesObject): readonly PatchOperation[] {
  return (WHOLE_PARTS[wanted.kind] ?? []).flatMap((path): readonly PatchOperation[] => {
    const value = partOf(wanted, path);
    if (partOf(live, path) === undefined) return [];
    return [value === undefined ? { op: "remove", path } : { op: "replace", path, value }];
  });
}

function partOf(object: KubernetesObject, path: string): unknown {
  const steps = path.slice(1).split("/");
  return steps.reduce<unknown>((part, step) => (part as Readonly<Record<string, unknown>> | undefined)?.[step], object);
}

/** Whether a field that changed is one that the operator sets: labels and annotations of others are theirs. */
export function isOwnField(wanted: KubernetesObject, path: string): boolean {
  const [, field, plain, quoted] = /^metadata\.(annotations|labels)(?:\.([\w-]+)|\["(.+)"\])$/.exec(path) ?? [];
  const key = plain ?? quoted;
  if (field === undefined || key === undefined) return true;
  return wanted.metadata[field as "annotations" | "labels"]?.[key] !== undefined;
}
