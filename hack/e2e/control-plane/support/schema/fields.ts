import { profilePlatformDefinition, type StructuralSchema } from "@profile-platform/crds/crd";

/** Name that an entry of a map stands under in a path; which names an entry may have is up to rules. */
export const ENTRY = "*";

/** One property of the schema of ProfilePlatform, or the entries of a map. */
export interface Field {
  /** `spec.server.replicas`, `spec.postgresql.parameters.*`. */
  readonly path: string;
  /** The path in parts. */
  readonly steps: readonly string[];
  readonly schema: StructuralSchema;
  /** A single value, or a list of such; what has properties or entries of its own is a block. */
  readonly isLeaf: boolean;
  /** Can be left out and is absent then: it has no default, and no rule asks for it. */
  readonly optional: boolean;
  /** Has no default of its own, and a rule asks for it: it comes and goes with the block that it is in. */
  readonly asked: boolean;
  /** Part of something optional, and there only where that is. */
  readonly inOptional: boolean;
}

/** Schema of `spec` in the version that is stored. */
export function specSchema(): StructuralSchema {
  const version = profilePlatformDefinition.spec.versions.find(({ storage }) => storage);
  const schema = version?.schema.openAPIV3Schema.properties?.["spec"];
  if (schema === undefined) throw new Error("the definition has no schema of spec: run make generate");
  return schema;
}

/** Every property below a schema, blocks before what is in them, in the order of the schema. */
export function fieldsOf(
  schema: StructuralSchema = specSchema(),
  steps: readonly string[] = ["spec"],
  inOptional = false,
): readonly Field[] {
  return childrenOf(schema).flatMap(([name, child, optional]) => {
    const inner = [...steps, name];
    const isLeaf = childrenOf(child).length === 0;
    const asked = isAsked(schema, name);
    const field = { path: inner.join("."), steps: inner, schema: child, isLeaf, optional, asked, inOptional };
    return [field, ...fieldsOf(child, inner, inOptional || optional)];
  });
}

export function leavesOf(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ isLeaf }) => isLeaf);
}

/** The field of a path; throws when there is none, so that a table of paths cannot outlive what it speaks of. */
export function fieldAt(path: string, fields: readonly Field[]): Field {
  const found = fields.find((field) => field.path === path);
  if (found === undefined) throw new Error(`the schema has no field ${path} any more: take it out of the table`);
  return found;
}

function childrenOf(schema: StructuralSchema): readonly (readonly [string, StructuralSchema, boolean])[] {
  const { properties = {}, additionalProperties, items } = schema;
  return [
    ...Object.entries(properties).map(([name, child]) => [name, child, mayBeAbsent(schema, name)] as const),
    ...(additionalProperties === undefined ? [] : [[ENTRY, additionalProperties, true] as const]),
    // A list of single values is a value itself: it is set as a whole.
    ...(items === undefined || isSingle(items) ? [] : [["[]", items, true] as const]),
  ];
}

function isSingle({ type }: StructuralSchema): boolean {
  return type !== "object" && type !== "array";
}

function mayBeAbsent(parent: StructuralSchema, name: string): boolean {
  return parent.properties?.[name]?.default === undefined && !isAsked(parent, name);
}

function isAsked(parent: StructuralSchema, name: string): boolean {
  const rules = parent["x-kubernetes-validations"] ?? [];
  return (parent.required ?? []).includes(name) || rules.some(({ rule }) => rule === `has(self.${name})`);
}
