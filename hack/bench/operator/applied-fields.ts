import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

/** A set of fields as managedFields has it: `f:` a field, `k:` a list item by its keys, `v:` a value of a set. */
interface FieldSet {
  readonly [step: string]: FieldSet;
}

interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: FieldSet;
}

/**
 * What a field manager applied of a live object: the object as it was sent, without what the API server and others
 * added. Throws when the manager applied nothing.
 */
export function appliedFields(live: KubernetesObject, manager: string): KubernetesObject {
  const {
    managedFields = [],
    name,
    namespace,
  } = live.metadata as KubernetesObject["metadata"] & {
    readonly managedFields?: readonly ManagedFields[];
  };
  const entry = managedFields.find(
    (one) => one.manager === manager && one.operation === "Apply" && one.subresource === undefined,
  );
  if (entry?.fieldsV1 === undefined) throw new Error(`${live.kind} ${name} was not applied by ${manager}`);
  const { metadata, ...rest } = extract(live, entry.fieldsV1) as Readonly<Record<string, object>>;
  return {
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...metadata },
    ...rest,
  };
}

function extract(value: unknown, fields: FieldSet): unknown {
  const steps = Object.entries(fields).filter(([step]) => step !== ".");
  // A whole value, or a branch that was set without anything in it.
  if (steps.length === 0) return value;
  return Array.isArray(value) ? value.flatMap((item) => itemOf(item, steps)) : fieldsOf(value, steps);
}

function itemOf(item: unknown, steps: readonly (readonly [string, FieldSet])[]): readonly unknown[] {
  const found = steps.find(([step]) => {
    const selector: unknown = JSON.parse(step.slice(2));
    return step.startsWith("v:") ? isDeepStrictEqual(item, selector) : matches(item, selector);
  });
  return found === undefined ? [] : [extract(item, found[1])];
}

function matches(item: unknown, keys: unknown): boolean {
  const fields = item as Readonly<Record<string, unknown>>;
  return Object.entries(keys as Readonly<Record<string, unknown>>).every(([key, value]) => fields[key] === value);
}

function fieldsOf(value: unknown, steps: readonly (readonly [string, FieldSet])[]): unknown {
  const from = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    steps.map(([step, below]) => {
      const field = step.slice(2);
      if (from[field] === undefined) throw new Error(`the live object has lost the field ${field} that was applied`);
      return [field, extract(from[field], below)];
    }),
  );
}
