import type { StructuralSchema } from "@profile-platform/crds/crd";
import type { Comment, Declarations, Property, TypeExpression } from "./declarations.ts";
import { mergeTags } from "./merge-tags.ts";
import type { Position, Problems } from "./problems.ts";
import type { SchemaPart, ValueKind } from "./tags.ts";

/** A schema, and where the constraints came from, which the reference needs and the schema does not keep. */
export interface Resolved {
  readonly schema: StructuralSchema;
  readonly kind: ValueKind;
  /** Comments that describe the value, the nearest first: the property's, those of its aliases, its interface's. */
  readonly comments: readonly Comment[];
  /** Name of the interface that the value, its items or its map's values have. */
  readonly objectName: string | undefined;
}

interface Context {
  readonly declarations: Declarations;
  readonly problems: Problems;
  /** Interfaces that are being written, from the root on: one that comes again would never end. */
  readonly within: readonly string[];
}

/** Schema of an interface by its name. */
export function objectSchema(name: string, declarations: Declarations, problems: Problems): Resolved | undefined {
  const declaration = declarations.get(name);
  if (declaration === undefined) return undefined;
  const { position } = declaration;
  return resolve({ kind: "reference", name, position }, [], position, { declarations, problems, within: [] });
}

/** Schema of one property; undefined when its type cannot be expressed, which is then reported. */
export function propertySchema(
  property: Property,
  declarations: Declarations,
  problems: Problems,
): Resolved | undefined {
  return convertProperty(property, { declarations, problems, within: [] });
}

function convertProperty(property: Property, context: Context): Resolved | undefined {
  const resolved = resolve(property.type, [property.comment], property.position, context);
  if (resolved !== undefined && resolved.schema.description === undefined) {
    context.problems.report(property.position, `${property.name} has no description: say in /** … */ what it means`);
  }
  return resolved;
}

function resolve(
  type: TypeExpression,
  comments: readonly Comment[],
  position: Position,
  context: Context,
): Resolved | undefined {
  switch (type.kind) {
    case "inexpressible":
      context.problems.report(type.position, type.reason);
      return undefined;
    case "string":
      return finish("string", { type: "string" }, comments, context);
    case "boolean":
      return finish("boolean", { type: "boolean" }, comments, context);
    case "number":
      return finish("integer", { type: "integer", format: "int32" }, comments, context);
    case "literals":
      return typeof type.values[0] === "string"
        ? finish("string", { type: "string", enum: type.values }, comments, context)
        : finish("integer", { type: "integer", format: "int32", enum: type.values }, comments, context);
    case "array": {
      const element = resolve(type.element, [], type.position, context);
      if (element === undefined) return undefined;
      const array = finish("array", { type: "array", items: element.schema }, comments, context);
      checkListKeys(array.schema, element.schema, position, context.problems);
      return { ...array, objectName: element.objectName };
    }
    case "map": {
      const value = resolve(type.value, [], type.position, context);
      if (value === undefined) return undefined;
      const map = finish("map", { type: "object", additionalProperties: value.schema }, comments, context);
      return { ...map, objectName: value.objectName };
    }
    case "reference":
      return followReference(type.name, type.position, comments, context);
    default:
      return type satisfies never;
  }
}

function followReference(
  name: string,
  position: Position,
  comments: readonly Comment[],
  context: Context,
): Resolved | undefined {
  const declaration = context.declarations.get(name);
  if (declaration === undefined) {
    context.problems.report(position, `${name} is not declared beside the other types: declare it there`);
    return undefined;
  }
  if (context.within.includes(name)) {
    const circle = [...context.within, name].join(" → ");
    context.problems.report(position, `${name} contains itself (${circle}), which no structural schema can express`);
    return undefined;
  }
  const inner = { ...context, within: [...context.within, name] };
  const all = [...comments, declaration.comment];
  if (declaration.body.kind === "alias") return resolve(declaration.body.type, all, position, inner);

  const properties: Record<string, StructuralSchema> = {};
  const required: string[] = [];
  for (const property of declaration.body.properties) {
    const resolved = convertProperty(property, inner);
    if (resolved === undefined) continue;
    properties[property.name] = resolved.schema;
    if (isRequired(property, resolved.schema)) required.push(property.name);
  }
  const base: SchemaPart & Pick<StructuralSchema, "type"> = {
    type: "object",
    properties,
    ...(required.length > 0 && { required }),
  };
  return { ...finish("object", base, all, context), objectName: name };
}

/** A default makes a property optional for users, though readers always find it: the API server fills it in. */
export function isRequired(property: Property, schema: StructuralSchema): boolean {
  const byRule = property.comment.tags.some((tag) => tag.name === "requiredByRule");
  return !property.optional && !byRule && schema.default === undefined;
}

function finish(
  kind: ValueKind,
  base: SchemaPart & Pick<StructuralSchema, "type">,
  comments: readonly Comment[],
  context: Context,
): Resolved {
  const description = comments.find((comment) => comment.description !== "")?.description;
  const schema = {
    ...(description !== undefined && { description }),
    ...base,
    ...mergeTags(kind, base, comments, context.problems),
  };
  return { schema, kind, comments, objectName: undefined };
}

function checkListKeys(list: StructuralSchema, items: StructuralSchema, position: Position, problems: Problems): void {
  const keys = list["x-kubernetes-list-map-keys"] ?? [];
  if (list["x-kubernetes-list-type"] === "map" && keys.length === 0) {
    problems.report(position, "@listType map needs @listMapKey with the property that tells the items apart");
  }
  if (list["x-kubernetes-list-type"] !== "map" && keys.length > 0) {
    problems.report(position, "@listMapKey needs @listType map");
  }
  for (const key of keys) {
    const isKey = items.required?.includes(key) || items.properties?.[key]?.default !== undefined;
    if (!isKey) problems.report(position, `@listMapKey ${key} names no required property of the items`);
  }
}
