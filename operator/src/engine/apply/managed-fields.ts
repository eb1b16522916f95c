import type { KubernetesObject } from "../../kubernetes.ts";

/** Who set which fields of an object last, as the API server keeps it. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: "Apply" | "Update";
  readonly subresource?: string;
  readonly fieldsV1?: FieldSet;
}

/** Fields by `f:<name>`, nested; a field that is set as a whole has nothing in it. */
interface FieldSet {
  readonly [key: string]: FieldSet;
}

/** Whether a field, given by the names on the way to it, or anything in it was applied by `manager`. */
export function isAppliedBy(object: KubernetesObject, manager: string, path: readonly string[]): boolean {
  return managedFieldsOf(object).some((entry) => isApplyOf(entry, manager) && holds(entry.fieldsV1, path));
}

/** Whether a field, or anything in it, was set by anything else than an apply of `manager`. */
export function isSetByOthers(object: KubernetesObject, manager: string, path: readonly string[]): boolean {
  return managedFieldsOf(object).some((entry) => !isApplyOf(entry, manager) && holds(entry.fieldsV1, path));
}

function managedFieldsOf({ metadata }: KubernetesObject): readonly ManagedFieldsEntry[] {
  return (metadata as { readonly managedFields?: readonly ManagedFieldsEntry[] }).managedFields ?? [];
}

function isApplyOf(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined;
}

function holds(fields: FieldSet | undefined, path: readonly string[]): boolean {
  let set = fields;
  for (const name of path) {
    // Set as a whole, and everything in it.
    if (set !== undefined && Object.keys(set).length === 0) return true;
    set = set?.[`f:${name}`];
  }
  return set !== undefined;
}
