import type { StructuralSchema, ValidationRule } from "@profile-platform/crds/crd";
import { evaluateRule } from "./cel.ts";
import { childSchema, isObject } from "./defaulting.ts";
import { type Defect, joinPath } from "./defect.ts";

/**
 * What the rules in CEL of a schema refuse in a value that fits its structure. Rules about changes (`oldSelf`) say
 * nothing of a value alone and are left to the API server.
 */
export function ruleDefects(schema: StructuralSchema, value: unknown, path = ""): readonly Defect[] {
  return [...ownDefects(schema, value, path), ...innerDefects(schema, value, path)];
}

function ownDefects(schema: StructuralSchema, value: unknown, path: string): readonly Defect[] {
  const rules = (schema["x-kubernetes-validations"] ?? []).filter(({ rule }) => !/\boldSelf\b/.test(rule));
  if (rules.length === 0) return [];
  const self = celValue(schema, value);
  return rules.flatMap((rule) => {
    const message = broken(rule, self);
    if (message === undefined) return [];
    return [{ path: `${path}${rule.fieldPath ?? ""}`.replace(/^\./, ""), message }];
  });
}

/** Why a value breaks a rule; undefined when it does not. A rule that cannot be evaluated is broken, as it is upstream. */
function broken(rule: ValidationRule, self: unknown): string | undefined {
  try {
    if (evaluateRule(rule.rule, self) === true) return undefined;
  } catch (error) {
    return `cannot be checked against the rule ${rule.rule}: ${(error as Error).message}`;
  }
  return messageOf(rule, self);
}

function messageOf(rule: ValidationRule, self: unknown): string {
  const fallback = rule.message ?? `breaks the rule ${rule.rule}`;
  if (rule.messageExpression === undefined) return fallback;
  try {
    const message = evaluateRule(rule.messageExpression, self);
    return typeof message === "string" ? message : fallback;
  } catch {
    // The API server falls back the same way.
    return fallback;
  }
}

function innerDefects(schema: StructuralSchema, value: unknown, path: string): readonly Defect[] {
  const { items } = schema;
  if (Array.isArray(value)) {
    return items === undefined ? [] : value.flatMap((item, index) => ruleDefects(items, item, `${path}[${index}]`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) => {
    const inner = childSchema(schema, name);
    // The API server names an entry of a map in brackets when a rule refuses it, and like a property otherwise.
    const isProperty = Object.hasOwn(schema.properties ?? {}, name);
    return inner === undefined ? [] : ruleDefects(inner, entry, isProperty ? joinPath(path, name) : `${path}[${name}]`);
  });
}

/** The value with whole numbers as CEL's integers, which JavaScript has as bigint; its numbers are CEL's doubles. */
function celValue(schema: StructuralSchema | undefined, value: unknown): unknown {
  if (schema?.type === "integer" && typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return value.map((item) => celValue(schema?.items, item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      celValue(schema === undefined ? undefined : childSchema(schema, name), entry),
    ]),
  );
}
