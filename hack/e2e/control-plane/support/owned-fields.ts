import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { managedFieldsOf } from "../../support/managed-fields.ts";

const OPERATOR = "profile-platform-operator";

/** A field of a live object that the operator owns as a whole: a single value, or an object or list that is atomic. */
export interface OwnedField {
  /** RFC 6901. */
  readonly pointer: string;
  readonly value: unknown;
  /** The same for the same field of other objects of the kind: with a star for the place in a list. */
  readonly fieldClass: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** What the operator set in an object by server-side apply, as the API server keeps account of it. */
export function ownedFields(object: KubernetesObject): readonly OwnedField[] {
  const own = managedFieldsOf(object).filter(({ manager, operation }) => manager === OPERATOR && operation === "Apply");
  return own.flatMap(({ fieldsV1 = {} }) => walk(fieldsV1, object, "", object.kind));
}

function walk(fields: Fields, value: unknown, pointer: string, fieldClass: string): readonly OwnedField[] {
  const inner = Object.entries(fields).filter(([step]) => step !== ".");
  if (inner.length === 0) return value === undefined ? [] : [{ pointer, value, fieldClass }];
  return inner.flatMap(([step, below]) => {
    const key = keyOf(step, value);
    // Gone from the object while its owner is still on record.
    if (key === undefined) return [];
    const child = (value as Fields)[key];
    const named = Array.isArray(value) ? "*" : key;
    return walk(below as Fields, child, `${pointer}/${escape(key)}`, `${fieldClass} ${named}`);
  });
}

/** Where in a live value a step of a fieldsV1 leads: `f:` a field, `k:` a list item by its keys, `v:` one by its value. */
function keyOf(step: string, value: unknown): string | undefined {
  const [sign, name] = [step.slice(0, 2), step.slice(2)];
  if (sign === "f:") return isObject(value) && Object.hasOwn(value, name) ? name : undefined;
  if (!Array.isArray(value)) return undefined;
  const wanted: unknown = JSON.parse(name);
  const index = value.findIndex((item: unknown) =>
    sign === "v:"
      ? item === wanted
      : Object.entries(wanted as Fields).every(([key, one]) => (item as Fields)[key] === one),
  );
  return index < 0 ? undefined : String(index);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escape(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}
