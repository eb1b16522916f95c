import type { CustomResourceDefinition } from "@profile-platform/crds/crd";
import { stringify } from "yaml";
import type { Declarations } from "./declarations.ts";
import { buildDefinition } from "./definition.ts";
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
  const definition = buildDefinition(declarations, problems);
  const found = problems.list();
  return {
    outputs: definition === undefined || found.length > 0 ? [] : render(definition, declarations),
    problems: found,
  };
}

function render(definition: CustomResourceDefinition, declarations: Declarations): readonly Output[] {
  const { group, names } = definition.spec;
  const name = `${group}_${names.plural}.yaml`;
  // Line breaks inside a rule or a sentence would hide them from a search. kubectl reads YAML 1.1, in which a bare
  // off is false.
  const yaml = `# ${NOTE}\n${stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" })}`;
  return [
    { path: `crds/${name}`, text: yaml },
    { path: `charts/profile-platform-operator/crds/${name}`, text: yaml },
    { path: `${SOURCE_FOLDER}/crd.generated.ts`, text: renderModule(definition) },
    { path: "docs/api-reference.md", text: renderReference(definition, declarations, NOTE) },
  ];
}

function renderModule(definition: CustomResourceDefinition): string {
  return `// ${NOTE}
import type { CustomResourceDefinition } from "../custom-resource-definition.ts";

export type * from "../custom-resource-definition.ts";

/** The CustomResourceDefinition, for what needs the schema without a cluster. */
export const customResourceDefinition: CustomResourceDefinition = ${JSON.stringify(definition, undefined, 2)};
`;
}
