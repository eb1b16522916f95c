import type { StructuralSchema } from "@profile-platform/crds/crd";
import type { Field } from "./fields.ts";
import { defects, mergePatch, patchOf, type Spec, stored, valueAt } from "./specs.ts";

/** Of a field for times in the form of cron. */
const OTHER_SCHEDULE = "30 4 * * *";

/** A number and what follows it: `200m`, `256Mi`, `24h`. */
const AMOUNT = /^(\d+)([A-Za-z]*)$/;

/**
 * Another value for a leaf of a spec, such that the whole stays valid. Throws where none of those that the type suggests
 * is: a rule that they do not fit needs a better guess here.
 */
export function otherValue(field: Field, spec: Spec): unknown {
  const current = valueAt(field, stored(spec));
  const found = otherValues(field.schema, current).find(
    (value) => value !== current && defects(mergePatch(stored(spec), patchOf(field, value)) as Spec).length === 0,
  );
  if (found === undefined) {
    throw new Error(`no other value of ${field.path} than ${JSON.stringify(current)} was found to be valid`);
  }
  return found;
}

/** Every leaf below a block at another value, as a merge patch of the spec; what is optional in it stays away. */
export function otherBlock(block: Field, leaves: readonly Field[], spec: Spec): Spec {
  const isIn = ({ steps, optional, inOptional }: Field) =>
    steps.length > block.steps.length &&
    block.steps.every((step, index) => steps[index] === step) &&
    (block.optional || !(optional || inOptional));
  return leaves.filter(isIn).reduce<Spec>((patch, leaf) => {
    const value = otherValue(leaf, mergePatch(stored(spec), patch) as Spec);
    return mergePatch(patch, patchOf(leaf, value)) as Spec;
  }, {});
}

/** Values beside the current one that a schema may allow, most telling first. */
export function otherValues(schema: StructuralSchema, current: unknown): readonly unknown[] {
  if (schema.enum !== undefined) return schema.enum;
  switch (schema.type) {
    case "boolean":
      return [current !== true];
    case "array":
      return [["https://other.example.com"]];
    case "integer": {
      const number = typeof current === "number" ? current : (schema.minimum ?? 1);
      return [number + 1, number - 1, schema.minimum, schema.maximum].filter((value) => value !== undefined);
    }
    default:
      return typeof current === "string"
        ? [scaled(current, 1.25), scaled(current, 0.75), `other-${current}`, `${current}/other`, OTHER_SCHEDULE]
        : ["other", "https://other.example.com"];
  }
}

/** So many times an amount, in the same unit; the text itself where it is none. */
function scaled(text: string, factor: number): string {
  const [, digits, unit = ""] = AMOUNT.exec(text) ?? [];
  return digits === undefined ? text : `${Math.ceil(Number(digits) * factor)}${unit}`;
}
