import type { StructuralSchema, ValidationRule } from "@profile-platform/crds/crd";
import type { Comment } from "./declarations.ts";
import { code } from "./markdown.ts";
import { parseRule } from "./rule.ts";
import { parseJSON } from "./tags.ts";

/** What a schema demands of its value, in words; without the rules that `elsewhere` already tells. */
export function constraintsOf(schema: StructuralSchema, elsewhere?: Comment): readonly string[] {
  const told = new Set(elsewhere === undefined ? [] : rulesOf(elsewhere));
  const rules = (schema["x-kubernetes-validations"] ?? []).map(sentence).filter((text) => !told.has(text));
  return [...valueConstraints(schema), ...itemConstraints(schema), ...rules];
}

/** The rules of a comment, each as the sentence that a refusal shows. */
export function rulesOf(comment: Comment): readonly string[] {
  return comment.tags
    .filter((tag) => tag.name === "XValidation")
    .flatMap((tag) => {
      const json = parseJSON(tag.text);
      const rule = "problem" in json ? json : parseRule(json.value);
      return "problem" in rule ? [] : [sentence(rule.rule)];
    });
}

function sentence(rule: ValidationRule): string {
  return rule.message ?? rule.rule;
}

function valueConstraints(schema: StructuralSchema): readonly string[] {
  const words: string[] = [];
  const between = (least: number | undefined, most: number | undefined, unit: string): void => {
    if (least !== undefined && most !== undefined) words.push(`${least} to ${most}${unit}`);
    else if (least !== undefined) words.push(`at least ${least}${unit}`);
    else if (most !== undefined) words.push(`at most ${most}${unit}`);
  };
  if (schema.enum !== undefined) words.push(`one of ${schema.enum.map((value) => code(String(value))).join(", ")}`);
  between(schema.minimum, schema.maximum, "");
  between(schema.minLength, schema.maxLength, " characters");
  between(schema.minItems, schema.maxItems, " items");
  between(schema.minProperties, schema.maxProperties, " entries");
  if (schema.pattern !== undefined) words.push(`matches ${code(schema.pattern)}`);
  if (schema.format !== undefined && !schema.format.startsWith("int")) words.push(`in the form ${schema.format}`);
  return words;
}

function itemConstraints(schema: StructuralSchema): readonly string[] {
  const inner = schema.items ?? schema.additionalProperties;
  if (inner === undefined) return [];
  // Rules of an object stand in its own section.
  const rules = inner.type === "object" ? [] : (inner["x-kubernetes-validations"] ?? []).map(sentence);
  return [...valueConstraints(inner), ...rules].map((words) => `each ${words}`);
}
