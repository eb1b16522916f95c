import type { PrinterColumn, ScaleSubresource } from "@profile-platform/crds/crd";
import type { Declaration, Declarations, Tag } from "./declarations.ts";
import type { Position, Problems } from "./problems.ts";
import { type Shape, shapeProblem } from "./shape.ts";
import { parseJSON } from "./tags.ts";

/** What the tags of the resource's type say of it as a whole. */
export interface Resource {
  readonly names: ResourceTag;
  readonly kind: string;
  readonly position: Position;
  readonly status: boolean;
  readonly scale: ScaleSubresource | undefined;
  readonly columns: readonly PrinterColumn[];
}

interface ResourceTag {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly scope: "Cluster" | "Namespaced";
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

const RESOURCE: Shape = {
  group: { type: "text", required: true },
  version: { type: "text", required: true },
  plural: { type: "text", required: true },
  singular: { type: "text", required: true },
  scope: { type: "text", required: true },
  shortNames: { type: "texts" },
  categories: { type: "texts" },
};
const SCALE: Shape = {
  specReplicasPath: { type: "text", required: true },
  statusReplicasPath: { type: "text", required: true },
  labelSelectorPath: { type: "text" },
};
const COLUMN: Shape = {
  name: { type: "text", required: true },
  type: { type: "text", required: true },
  jsonPath: { type: "text", required: true },
  format: { type: "text" },
  description: { type: "text" },
  priority: { type: "number" },
};
const COLUMN_TYPES = ["string", "integer", "number", "boolean", "date"];

/** Finds the types with `@resource` and reads their tags; what cannot be read is reported and left out. */
export function readResources(declarations: Declarations, problems: Problems): readonly Resource[] {
  const candidates = [...declarations.values()].filter((declaration) => tagsOf(declaration, "resource").length > 0);
  if (candidates.length === 0) {
    const position = [...declarations.values()][0]?.position ?? { file: "types", line: 1, column: 1 };
    problems.report(position, "no type has @resource: put it on each type that is a custom resource");
  }
  const resources = candidates.flatMap((declaration) => readResource(declaration, problems) ?? []);
  for (const [index, { names, kind, position }] of resources.entries()) {
    const former = resources.slice(0, index).find((other) => other.names.plural === names.plural);
    if (former !== undefined) {
      problems.report(position, `${kind} has the plural of ${former.kind}, "${names.plural}": give it one of its own`);
    }
  }
  return resources;
}

function readResource(declaration: Declaration, problems: Problems): Resource | undefined {
  const names = read(declaration, "resource", RESOURCE, problems)[0] as ResourceTag | undefined;
  if (names === undefined) return undefined;
  const columns = read(declaration, "printcolumn", COLUMN, problems) as readonly PrinterColumn[];
  for (const tag of tagsOf(declaration, "subresource")) {
    if (tag.text !== "status")
      problems.report(tag.position, "@subresource knows only status; scale has its own tag, @scale");
  }
  const wrongColumn = columns.find((column) => !COLUMN_TYPES.includes(column.type));
  if (wrongColumn !== undefined) {
    problems.report(
      declaration.position,
      `@printcolumn ${wrongColumn.name} needs one of ${COLUMN_TYPES.join(", ")} for "type"`,
    );
  }
  return {
    names,
    kind: declaration.name,
    position: declaration.position,
    status: tagsOf(declaration, "subresource").length > 0,
    scale: read(declaration, "scale", SCALE, problems)[0] as ScaleSubresource | undefined,
    columns,
  };
}

/** JSON of each tag of a name. Whoever calls it knows what type the shape stands for. */
function read(declaration: Declaration, name: string, shape: Shape, problems: Problems): readonly unknown[] {
  return tagsOf(declaration, name).flatMap((tag) => {
    const json = parseJSON(tag.text);
    const problem = "problem" in json ? json.problem : shapeProblem(json.value, shape);
    if (problem === undefined && "value" in json) return [json.value];
    problems.report(tag.position, `@${name} ${problem}`);
    return [];
  });
}

function tagsOf(declaration: Declaration, name: string): readonly Tag[] {
  return declaration.comment.tags.filter((tag) => tag.name === name);
}
