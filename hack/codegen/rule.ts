import type { ValidationRule } from "@profile-platform/crds/crd";

const KEYS = ["rule", "message", "messageExpression", "reason", "fieldPath", "optionalOldSelf"];
const REASONS = ["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"];

/** Checks the JSON of an `@XValidation` tag. Only the API server can tell whether the CEL in it is right. */
export function parseRule(value: unknown): { readonly rule: ValidationRule } | { readonly problem: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { problem: 'needs an object such as {"rule": "self <= 5", "message": "must not be above 5"}' };
  }
  const entries = Object.entries(value);
  const unknown = entries.find(([key]) => !KEYS.includes(key));
  if (unknown !== undefined) return { problem: `has no key "${unknown[0]}": known are ${KEYS.join(", ")}` };
  const wrong = entries.find(([key, entry]) => typeof entry !== (key === "optionalOldSelf" ? "boolean" : "string"));
  if (wrong !== undefined) {
    return { problem: `needs ${wrong[0] === "optionalOldSelf" ? "true or false" : "text"} for "${wrong[0]}"` };
  }
  const rule = value as ValidationRule;
  if (!rule.rule) return { problem: 'needs "rule", an expression in CEL' };
  // Without one, the API server answers "failed rule: …", which names no cure.
  if (!rule.message && !rule.messageExpression) return { problem: 'needs "message", a sentence that names the cure' };
  if (rule.message?.includes("\n")) return { problem: 'has a line break in "message", which the API server refuses' };
  if (rule.reason !== undefined && !REASONS.includes(rule.reason)) {
    return { problem: `needs one of ${REASONS.join(", ")} for "reason"` };
  }
  return { rule };
}
