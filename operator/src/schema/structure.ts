import type { StructuralSchema } from "@profile-platform/crds/crd";
import { childSchema, isObject } from "./defaulting.ts";
import { type Defect, joinPath } from "./defect.ts";
import { scalarDefects } from "./scalars.ts";

/**
 * Everything that a structural schema refuses in a value, defaults already filled in: wrong types, missing and unknown
 * fields, values out of bounds. Rules in CEL are no part of it: see rules.ts.
 */
export function structureDefects(schema: StructuralSchema, value: unknown, path = ""): readonly Defect[] {
  switch (schema.type) {
    case "object":
      return isObject(value) ? objectDefects(schema, value, path) : [wrongType("an object", value, path)];
    case "array":
      return Array.isArray(value) ? arrayDefects(schema, value, path) : [wrongType("a list", value, path)];
    default:
      return scalarDefects(schema, value).map((message) => ({ path, message }));
  }
}

function objectDefects(
  schema: StructuralSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly Defect[] {
  const defects: Defect[] = [];
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name))
      defects.push({ path: joinPath(path, name), message: "is required: give it a value" });
  }
  const size = Object.keys(value).length;
  if (schema.minProperties !== undefined && size < schema.minProperties) {
    defects.push({ path, message: `must have at least ${schema.minProperties} entries, and has ${size}` });
  }
  if (schema.maxProperties !== undefined && size > schema.maxProperties) {
    defects.push({ path, message: `must have at most ${schema.maxProperties} entries, and has ${size}` });
  }
  for (const [name, entry] of Object.entries(value)) {
    const inner = childSchema(schema, name);
    if (inner !== undefined) defects.push(...structureDefects(inner, entry, joinPath(path, name)));
    // An object without properties of its own, such as metadata, is not this schema's to judge.
    else if (schema.properties !== undefined) {
      defects.push({ path: joinPath(path, name), message: `is no known field: ${knownFields(schema)}` });
    }
  }
  return defects;
}

function arrayDefects(schema: StructuralSchema, value: readonly unknown[], path: string): readonly Defect[] {
  const defects: Defect[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    defects.push({ path, message: `must have at least ${schema.minItems} items, and has ${value.length}` });
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    defects.push({ path, message: `must have at most ${schema.maxItems} items, and has ${value.length}` });
  }
  if (schema["x-kubernetes-list-type"] === "set") {
    const again = value.flatMap((item, index) => (value.indexOf(item) < index ? [index] : []));
    defects.push(
      ...again.map((index) => ({ path: `${path}[${index}]`, message: "is there twice: remove one of them" })),
    );
  }
  const { items } = schema;
  if (items !== undefined)
    defects.push(...value.flatMap((item, index) => structureDefects(items, item, `${path}[${index}]`)));
  return defects;
}

function wrongType(wanted: string, value: unknown, path: string): Defect {
  return { path, message: `must be ${wanted}, not ${JSON.stringify(value)}` };
}

function knownFields(schema: StructuralSchema): string {
  const names = Object.keys(schema.properties ?? {});
  return names.length === 0 ? "remove it" : `remove it, or use one of ${names.join(", ")}`;
}
