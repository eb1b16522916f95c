import type { CustomResourceDefinition, StructuralSchema } from "@profile-platform/crds/crd";
import type { Declaration, Declarations, Property } from "./declarations.ts";
import { mergeTags } from "./merge-tags.ts";
import { checkPlacement } from "./placement.ts";
import type { Problems } from "./problems.ts";
import { type Resource, readResources } from "./resource.ts";
import { isRequired, propertySchema } from "./schema.ts";

/** Properties that every Kubernetes object has, and that the API server knows by itself. */
const TYPE_META: Readonly<Record<string, StructuralSchema>> = {
  apiVersion: { description: "Group and version of the API that the object is written for.", type: "string" },
  kind: { description: "What the object is.", type: "string" },
};

/** The CustomResourceDefinition of each type with `@resource`, but of those that have problems, which are reported. */
export function buildDefinitions(declarations: Declarations, problems: Problems): readonly CustomResourceDefinition[] {
  checkPlacement(declarations, problems);
  return readResources(declarations, problems).flatMap(
    (resource) => buildDefinition(resource, declarations, problems) ?? [],
  );
}

function buildDefinition(
  resource: Resource,
  declarations: Declarations,
  problems: Problems,
): CustomResourceDefinition | undefined {
  const declaration = declarations.get(resource.kind);
  if (declaration?.body.kind !== "object") {
    problems.report(resource.position, `${resource.kind} has @resource and is no interface: make it one`);
    return undefined;
  }
  const schema = rootSchema(declaration, declaration.body.properties, declarations, problems);
  checkPaths(resource, schema, problems);
  return definition(resource, schema);
}

function rootSchema(
  declaration: Declaration,
  members: readonly Property[],
  declarations: Declarations,
  problems: Problems,
): StructuralSchema {
  const properties: Record<string, StructuralSchema> = { ...TYPE_META };
  const required: string[] = [];
  for (const property of members) {
    if (Object.hasOwn(TYPE_META, property.name)) continue;
    if (property.name === "metadata") {
      properties["metadata"] = metadataSchema(property, declarations, problems);
      continue;
    }
    const resolved = propertySchema(property, declarations, problems);
    if (resolved === undefined) continue;
    properties[property.name] = resolved.schema;
    if (isRequired(property, resolved.schema)) required.push(property.name);
  }
  if (declaration.comment.description === "") {
    problems.report(declaration.position, `${declaration.name} has no description: say in /** … */ what it is`);
  }
  const base = { type: "object" as const, properties, ...(required.length > 0 && { required }) };
  const { description } = declaration.comment;
  return { description, ...base, ...mergeTags("object", base, [declaration.comment], problems) };
}

/** The API server has metadata's schema, and lets a definition narrow the name but not so much as describe the whole. */
function metadataSchema(property: Property, declarations: Declarations, problems: Problems): StructuralSchema {
  const declaration = property.type.kind === "reference" ? declarations.get(property.type.name) : undefined;
  const members = declaration?.body.kind === "object" ? declaration.body.properties : [];
  const name = members.find((member) => member.name === "name");
  const schema = name === undefined ? undefined : propertySchema(name, declarations, problems)?.schema;
  return { type: "object", ...(schema !== undefined && { properties: { name: schema } }) };
}

function definition(resource: Resource, schema: StructuralSchema): CustomResourceDefinition {
  const { group, version, plural, singular, scope, shortNames, categories } = resource.names;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        kind: resource.kind,
        listKind: `${resource.kind}List`,
        plural,
        singular,
        ...(shortNames !== undefined && { shortNames }),
        ...(categories !== undefined && { categories }),
      },
      scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(resource.columns.length > 0 && { additionalPrinterColumns: resource.columns }),
          subresources: {
            ...(resource.status && { status: {} }),
            ...(resource.scale !== undefined && { scale: resource.scale }),
          },
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  };
}

/** A path that leads nowhere would be found only when somebody scales or looks. */
function checkPaths(resource: Resource, schema: StructuralSchema, problems: Problems): void {
  for (const path of Object.values(resource.scale ?? {})) {
    if (typeof path === "string" && !leadsSomewhere(path, schema)) {
      problems.report(resource.position, `@scale: ${path} names no field of ${resource.kind}`);
    }
  }
}

function leadsSomewhere(path: string, schema: StructuralSchema): boolean {
  let at: StructuralSchema | undefined = schema;
  for (const name of path.split(".").slice(1)) at = at?.properties?.[name];
  return path.startsWith(".") && at !== undefined;
}
