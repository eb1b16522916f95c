import type { StructuralSchema } from "@profile-platform/crds/crd";

/**
 * The value with the defaults of its schema, as the API server fills them in: a property that is missing gets its
 * default, then the defaults inside it; a property that is null counts as missing, since nothing here is nullable.
 * The value given is left as it is. What does not fit the schema passes through; `findDefects` names it.
 */
export function applyDefaults(schema: StructuralSchema, value: unknown): unknown {
  if (schema.type === "array" && Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => applyDefaults(items, item));
  }
  if (schema.type !== "object" || !isObject(value)) return structuredClone(value);

  const entries: [string, unknown][] = [];
  for (const [name, entry] of Object.entries(value)) {
    const inner = childSchema(schema, name);
    if (inner === undefined) entries.push([name, structuredClone(entry)]);
    else if (entry !== null) entries.push([name, applyDefaults(inner, entry)]);
  }
  const given = new Set(entries.map(([name]) => name));
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (!given.has(name) && inner.default !== undefined) entries.push([name, applyDefaults(inner, inner.default)]);
  }
  // Not by assignment: a key named __proto__ must stay a key.
  return Object.fromEntries(entries);
}

/** Schema of one entry of an object or a map; undefined where the schema knows no such entry. */
export function childSchema(schema: StructuralSchema, name: string): StructuralSchema | undefined {
  const { properties } = schema;
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
