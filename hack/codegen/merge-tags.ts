import type { StructuralSchema } from "@profile-platform/crds/crd";
import { applyDefaults, findDefects } from "@profile-platform/operator/schema";
import type { Comment, Tag } from "./declarations.ts";
import type { Problems } from "./problems.ts";
import { type SchemaPart, VALUE_TAGS, type ValueKind } from "./tags.ts";

type Base = SchemaPart & Pick<StructuralSchema, "type">;

/**
 * The schema part that all tags of a value make together. The nearest comment wins where a tag stands once;
 * rules add up, those of the type before those of the property.
 */
export function mergeTags(kind: ValueKind, base: Base, comments: readonly Comment[], problems: Problems): SchemaPart {
  let merged: SchemaPart = {};
  let defaultTag: Tag | undefined;
  for (const comment of comments.toReversed()) {
    const seen = new Set<string>();
    for (const tag of comment.tags) {
      const reading = readTag(tag, kind, seen, problems);
      seen.add(tag.name);
      if (reading === undefined) continue;
      merged = append(merged, reading);
      if (tag.name === "default") defaultTag = tag;
    }
  }
  if (defaultTag !== undefined) checkDefault(defaultTag, { ...base, ...merged }, problems);
  return merged;
}

function readTag(tag: Tag, kind: ValueKind, seen: ReadonlySet<string>, problems: Problems): SchemaPart | undefined {
  const known = Object.hasOwn(VALUE_TAGS, tag.name) ? VALUE_TAGS[tag.name] : undefined;
  const report = (message: string): undefined => {
    problems.report(tag.position, `@${tag.name} ${message}`);
  };
  if (known === undefined) return undefined; // A tag of a property or resource, or unknown: see placement.ts.
  if (!known.appliesTo.includes(kind)) {
    return report(
      `stands on ${article(kind)}, but means something only on ${known.appliesTo.map(article).join(" or ")}`,
    );
  }
  if (seen.has(tag.name) && !known.repeatable) return report("stands here twice: keep one");
  const reading = known.read(tag.text);
  if ("problem" in reading) return report(reading.problem);
  if (tag.name === "format" && (kind === "integer") !== tag.text.startsWith("int")) {
    return report(`${tag.text} is no format of ${article(kind)}`);
  }
  return reading.part;
}

function article(kind: ValueKind): string {
  return kind === "integer" || kind === "array" || kind === "object" ? `an ${kind}` : `a ${kind}`;
}

function append(left: SchemaPart, right: SchemaPart): SchemaPart {
  const rules = [...(left["x-kubernetes-validations"] ?? []), ...(right["x-kubernetes-validations"] ?? [])];
  const keys = [...(left["x-kubernetes-list-map-keys"] ?? []), ...(right["x-kubernetes-list-map-keys"] ?? [])];
  return {
    ...left,
    ...right,
    ...(rules.length > 0 && { "x-kubernetes-validations": rules }),
    ...(keys.length > 0 && { "x-kubernetes-list-map-keys": keys }),
  };
}

/** The API server refuses a definition whose defaults it would refuse in a manifest; say it here, with the line. */
function checkDefault(tag: Tag, schema: StructuralSchema, problems: Problems): void {
  for (const defect of findDefects(schema, applyDefaults(schema, schema.default))) {
    problems.report(tag.position, `@default violates the schema at ${defect.path || "its top"}: ${defect.message}`);
  }
}
