import type { StructuralSchema } from "@profile-platform/crds/crd";
import { generate } from "./outputs.ts";
import { formatProblem, Problems } from "./problems.ts";
import { objectSchema } from "./schema.ts";
import { readDeclarations } from "./source.ts";

/** Schema of the interface `Root` in a text of types, with what was reported on the way. */
export function schemaOf(text: string): {
  readonly schema: StructuralSchema | undefined;
  readonly problems: readonly string[];
} {
  const problems = new Problems();
  const declarations = readDeclarations([{ path: "types.ts", text }], problems);
  const resolved = objectSchema("Root", declarations, problems);
  return { schema: resolved?.schema, problems: problems.list().map(formatProblem) };
}

/** What the whole generator says of a text of types. */
export function problemsOf(text: string): readonly string[] {
  return generate([{ path: "types.ts", text }]).problems.map(formatProblem);
}

/** A resource around `Spec`, to be put behind a text of types so that its lines keep their numbers. */
export const RESOURCE = `
/**
 * A widget.
 *
 * @resource {"group": "example.io", "version": "v1", "plural": "widgets", "singular": "widget", "scope": "Cluster"}
 */
export interface Widget {
  /** What is wanted. */
  spec: Spec;
}
`;
