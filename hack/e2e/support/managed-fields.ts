import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

/** Who set which fields of an object last, as the API server keeps it. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** Empty for an object that was read without them. */
export function managedFieldsOf({ metadata }: KubernetesObject): readonly ManagedFields[] {
  return (metadata as { readonly managedFields?: readonly ManagedFields[] }).managedFields ?? [];
}
