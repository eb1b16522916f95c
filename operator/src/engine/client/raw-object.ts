import type { KubernetesObject, ObjectMeta } from "../../kubernetes.ts";

/** Drops `managedFields`: a third of a cache's memory, and nothing here reads them. */
export function withoutManagedFields(object: KubernetesObject): KubernetesObject {
  const { managedFields, ...metadata }: ObjectMeta & { readonly managedFields?: unknown } = object.metadata;
  return managedFields === undefined ? object : { ...object, metadata };
}
