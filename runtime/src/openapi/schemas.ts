import { z } from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas that the document names; a schema within another one is referred to by its name. */
export type NamedSchemas = Readonly<Record<string, z.ZodType>>;

const folder = "#/components/schemas/";

/** Patterns that name Unicode characters or their properties, which not every language reads: descriptions say in words what they ask for. */
function isForeign({ pattern }: z.core.JSONSchema.BaseSchema): boolean {
  return pattern !== undefined && /\\[pu]/i.test(pattern);
}

/** What of zod's output says nothing to a reader of the document, or says it twice. */
const tidy: NonNullable<z.core.ToJSONSchemaParams["override"]> = ({ jsonSchema, zodSchema }) => {
  if (jsonSchema.format !== undefined || isForeign(jsonSchema)) delete jsonSchema.pattern;
  const all = jsonSchema.allOf?.filter((part) => !isForeign(part));
  if (all?.length === 0) delete jsonSchema.allOf;
  else if (all !== undefined) jsonSchema.allOf = all;
  delete jsonSchema.readOnly;
  delete jsonSchema.propertyNames;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue;
};

/** The schemas of what a service takes or gives. Its own transformations, such as trimming, are not part of them. */
export function componentSchemas(named: NamedSchemas): Readonly<Record<string, JsonSchema>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: (id) => folder + id, override: tidy });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutIdentity(schema)]));
}

/** A schema within a document takes its dialect and its address from there. */
function withoutIdentity(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== "$schema" && name !== "$id"));
}

/** A reference to a schema that the document names. */
export function referenceTo(schema: z.ZodType, named: NamedSchemas): { readonly $ref: string } {
  const name = Object.keys(named).find((candidate) => named[candidate] === schema);
  if (name === undefined) throw new Error("the OpenAPI document has no name for a schema that an operation uses");
  return { $ref: folder + name };
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** The fields of a schema as parameters. */
export function parametersOf(schema: z.ZodObject | undefined, place: Parameter["in"]): readonly Parameter[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", override: tidy });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as { readonly description?: string };
    return {
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}
