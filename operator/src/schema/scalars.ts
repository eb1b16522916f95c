import type { StructuralSchema } from "@profile-platform/crds/crd";

const INT32_MAX = 2 ** 31 - 1;

/** What a schema of a single value refuses, each a sentence without the field's path. */
export function scalarDefects(schema: StructuralSchema, value: unknown): readonly string[] {
  const shown = JSON.stringify(value);
  switch (schema.type) {
    case "string":
      return typeof value === "string" ? stringDefects(schema, value) : [`must be text (in quotes), not ${shown}`];
    case "integer":
      return Number.isInteger(value)
        ? integerDefects(schema, value as number)
        : [`must be a whole number, not ${shown}`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`must be true or false, not ${shown}`];
    default:
      return [];
  }
}

function stringDefects(schema: StructuralSchema, value: string): readonly string[] {
  const defects = enumDefects(schema, value);
  // The API server counts characters, not UTF-16 units.
  const { length } = Array.from(value);
  if (schema.minLength !== undefined && length < schema.minLength) {
    defects.push(`must have at least ${schema.minLength} characters, and has ${length}`);
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    defects.push(`must have at most ${schema.maxLength} characters, and has ${length}`);
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)) {
    defects.push(`must match ${schema.pattern}, and is ${JSON.stringify(value)}`);
  }
  if (schema.format === "date-time" && Number.isNaN(Date.parse(value))) {
    defects.push(`must be a time such as 2026-01-31T12:00:00Z, and is ${JSON.stringify(value)}`);
  }
  return defects;
}

function integerDefects(schema: StructuralSchema, value: number): readonly string[] {
  const defects = enumDefects(schema, value);
  if (schema.format === "int32" && Math.abs(value) > INT32_MAX) defects.push(`must fit 32 bits, and is ${value}`);
  if (schema.minimum !== undefined && value < schema.minimum) {
    defects.push(`must be ${schema.minimum} or above, and is ${value}`);
  }
  if (schema.maximum !== undefined && value > schema.maximum) {
    defects.push(`must be ${schema.maximum} or below, and is ${value}`);
  }
  return defects;
}

function enumDefects(schema: StructuralSchema, value: string | number): string[] {
  if (schema.enum === undefined || schema.enum.includes(value)) return [];
  return [
    `must be one of ${schema.enum.map((entry) => JSON.stringify(entry)).join(", ")}, and is ${JSON.stringify(value)}`,
  ];
}
