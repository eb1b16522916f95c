import type { ApiClient } from "../engine/api-client.ts";
import { objectPath, type ResourceTypes } from "../engine/resource-type.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { FIELD_MANAGER } from "../names.ts";

/**
 * Keys of a live ConfigMap that nobody wants. Server-side apply leaves them alone, as fields of another manager; but a
 * pod reads every key, so that an added one would change its configuration at the next restart, unseen until then.
 */
export function foreignKeys(wanted: KubernetesObject, live: KubernetesObject | undefined): readonly string[] {
  if (wanted.kind !== "ConfigMap") return [];
  const known = Object.keys(data(wanted));
  return Object.keys(data(live)).filter((key) => !known.includes(key));
}

/** Removes keys from a ConfigMap, and returns it as it is then. Throws ApiError, a conflict if it changed since. */
export async function removeKeys(
  live: KubernetesObject,
  keys: readonly string[],
  {
    client,
    types,
    signal,
  }: { readonly client: ApiClient; readonly types: ResourceTypes; readonly signal: AbortSignal },
): Promise<KubernetesObject> {
  const { uid, resourceVersion } = live.metadata;
  return client.request({
    method: "PATCH",
    path: objectPath(types.of(live), live),
    query: { fieldManager: FIELD_MANAGER },
    contentType: "application/merge-patch+json",
    body: { metadata: { uid, resourceVersion }, data: Object.fromEntries(keys.map((key) => [key, null])) },
    signal,
  });
}

function data(object: KubernetesObject | undefined): Readonly<Record<string, unknown>> {
  return (object?.["data"] ?? {}) as Readonly<Record<string, unknown>>;
}
