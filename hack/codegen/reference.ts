import type { CustomResourceDefinition, StructuralSchema } from "@profile-platform/crds/crd";
import { constraintsOf, rulesOf } from "./constraints.ts";
import type { Declaration, Declarations, Property } from "./declarations.ts";
import { anchor, code, table } from "./markdown.ts";
import { Problems } from "./problems.ts";
import { isRequired, propertySchema, type Resolved } from "./schema.ts";

/** Every Kubernetes object has them; they need no row. */
const INHERITED: readonly string[] = ["apiVersion", "kind", "metadata"];
const HEADER = ["Field", "Type", "Default", "Constraints", "Description"] as const;

/** The API reference in Markdown: the resources, then one table for each type, in the order in which they reach them. */
export function renderReference(
  definitions: readonly CustomResourceDefinition[],
  declarations: Declarations,
  note: string,
): string {
  const roots = definitions.map((definition) => rootOf(definition, declarations));
  const types = [...new Set(roots.flatMap((root) => reachable(root, declarations)))];
  const lines = [
    `<!-- ${note} -->`,
    "",
    "# API reference",
    "",
    ...definitions.flatMap((definition) => [...introduction(definition, declarations), ""]),
    "A field without a default is optional unless its constraints say *required*. Rules are checked by the API server when a manifest is applied; what breaks one is refused with the field's path and the sentence given here.",
    "",
    "## Types",
    "",
    ...types.map(({ name }) => `- [${name}](#${anchor(name)})`),
    "",
    ...types.flatMap((type) => section(type, declarations)),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function rootOf({ spec: { names } }: CustomResourceDefinition, declarations: Declarations): Declaration {
  const root = declarations.get(names.kind);
  if (root === undefined) throw new Error(`${names.kind} is not declared`);
  return root;
}

function introduction(definition: CustomResourceDefinition, declarations: Declarations): readonly string[] {
  const { group, names, scope, versions } = definition.spec;
  const shortNames = (names.shortNames ?? []).map(code).join(", ") || "none";
  return [
    `\`apiVersion: ${group}/${versions[0]?.name ?? ""}\`, \`kind: ${names.kind}\`. ${scope === "Cluster" ? "Cluster-scoped" : "Namespaced"}; short names: ${shortNames}.`,
    "",
    rootOf(definition, declarations).comment.description,
  ];
}

/** Interfaces that the resource reaches, itself first, each before those that its properties use. */
function reachable(root: Declaration, declarations: Declarations): readonly Declaration[] {
  const found = new Map<string, Declaration>();
  const visit = (declaration: Declaration): void => {
    if (declaration.body.kind !== "object" || found.has(declaration.name)) return;
    found.set(declaration.name, declaration);
    for (const property of declaration.body.properties) {
      if (INHERITED.includes(property.name)) continue;
      const name = propertySchema(property, declarations, new Problems())?.objectName;
      const next = name === undefined ? undefined : declarations.get(name);
      if (next !== undefined) visit(next);
    }
  };
  visit(root);
  return [...found.values()];
}

function section(type: Declaration, declarations: Declarations): readonly string[] {
  if (type.body.kind !== "object") return [];
  const rows = type.body.properties.flatMap((property) => row(property, declarations));
  if (rows.length === 0) return [];
  const rules = rulesOf(type.comment).map((rule) => `- ${rule}`);
  return [
    `## ${type.name}`,
    "",
    type.comment.description,
    "",
    ...(rules.length > 0 ? ["Refused:", "", ...rules, ""] : []),
    ...table(HEADER, rows),
    "",
  ];
}

function row(property: Property, declarations: Declarations): readonly (readonly string[])[] {
  if (property.name === "metadata") return nameRow(property, declarations);
  if (INHERITED.includes(property.name)) return [];
  const resolved = propertySchema(property, declarations, new Problems());
  if (resolved === undefined) return [];
  const { schema, objectName } = resolved;
  const byRule = property.comment.tags.some((tag) => tag.name === "requiredByRule");
  const required = byRule || isRequired(property, schema) ? ["*required*"] : [];
  // Rules of the object stand in its own section.
  const elsewhere = objectName === undefined ? undefined : declarations.get(objectName)?.comment;
  return [
    [
      code(property.name),
      typeName(schema, resolved),
      schema.default === undefined ? "" : code(JSON.stringify(schema.default)),
      [...required, ...constraintsOf(schema, elsewhere)].join("; "),
      schema.description ?? "",
    ],
  ];
}

/** Of metadata, only the name is this project's to describe. */
function nameRow({ type }: Property, declarations: Declarations): readonly (readonly string[])[] {
  const metadata = type.kind === "reference" ? declarations.get(type.name)?.body : undefined;
  const name = metadata?.kind === "object" ? metadata.properties.find((member) => member.name === "name") : undefined;
  return name === undefined ? [] : row({ ...name, name: "metadata.name" }, declarations);
}

function typeName(schema: StructuralSchema, { objectName }: Pick<Resolved, "objectName">): string {
  const link = objectName === undefined ? undefined : `[${objectName}](#${anchor(objectName)})`;
  if (schema.type === "array") return `list of ${link ?? schema.items?.type ?? ""}`;
  if (schema.additionalProperties !== undefined) return `map of ${link ?? schema.additionalProperties.type}`;
  return link ?? schema.type;
}
