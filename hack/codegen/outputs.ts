import type { CustomResourceDefinition } from "@profile-platform/crds/crd";
import { stringify } from "yaml";
import type { Declarations } from "./declarations.ts";
import { buildDefinitions } from "./definition.ts";
import { type Problem, Problems } from "./problems.ts";
import { renderReference } from "./reference.ts";
import { readDeclarations, type SourceText } from "./source.ts";

/** A generated file: its path from the top of the checkout, and what must stand in it. */
export interface Output {
  readonly path: string;
  readonly text: string;
}

/** Folder of the types. Generated files in it are no source. */
export const SOURCE_FOLDER = "crds/src/v1alpha1";

const NOTE = `Generated from ${SOURCE_FOLDER}. Do not edit: change the types there, then run "make generate".`;

/** Everything that is made of the types, or what is wrong with them. */
export function generate(sources: readonly SourceText[]): { outputs: readonly Output[]; problems: readonly Problem[] } {
  const problems = new Problems();
  const declarations = readDeclarations(sources, problems);
  const definitions = buildDefinitions(declarations, problems);
  const found = problems.list();
  return {
    outputs: found.length > 0 ? [] : render(definitions, declarations),
    problems: found,
  };
}

function render(definitions: readonly CustomResourceDefinition[], declarations: Declarations): readonly Output[] {
  return [
    ...definitions.flatMap(renderManifests),
    { path: `${SOURCE_FOLDER}/crd.generated.ts`, text: renderModule(definitions) },
    { path: "docs/api-reference.md", text: renderReference(definitions, declarations, NOTE) },
  ];
}

function renderManifests(definition: CustomResourceDefinition): readonly Output[] {
  const { group, names } = definition.spec;
  const name = `${group}_${names.plural}.yaml`;
  // Line breaks inside a rule or a sentence would hide them from a search. kubectl reads YAML 1.1, in which a bare
  // off is false.
  const yaml = `# ${NOTE}\n${stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" })}`;
  return [
    { path: `crds/${name}`, text: yaml },
    { path: `charts/profile-platform-operator/crds/${name}`, text: yaml },
  ];
}

function renderModule(definitions: readonly CustomResourceDefinition[]): string {
  return `// ${NOTE}
import type { CustomResourceDefinition } from "../custom-resource-definition.ts";

export type * from "../custom-resource-definition.ts";
${definitions.map(renderConstant).join("")}`;
}

function renderConstant(definition: CustomResourceDefinition): string {
  const { kind } = definition.spec.names;
  return `
/** The CustomResourceDefinition of ${kind}, for what needs the schema without a cluster. */
export const ${kind.charAt(0).toLowerCase()}${kind.slice(1)}Definition: CustomResourceDefinition = ${JSON.stringify(definition, undefined, 2)};
`;
}
