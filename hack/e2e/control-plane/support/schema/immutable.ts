import type { ValidationRule } from "@profile-platform/crds/crd";
import { type Field, fieldAt } from "./fields.ts";

/** A rule about changes, and the field that its refusals point to. */
export interface ChangeRule {
  readonly rule: ValidationRule;
  readonly target: Field;
}

/** Every rule of the schema that compares a value with the one before. */
export function changeRules(fields: readonly Field[]): readonly ChangeRule[] {
  return fields.flatMap((field) =>
    (field.schema["x-kubernetes-validations"] ?? [])
      .filter(({ rule }) => /\boldSelf\b/.test(rule))
      .map((rule) => ({ rule, target: fieldAt(`${field.path}${rule.fieldPath ?? ""}`, fields) })),
  );
}
