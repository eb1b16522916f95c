import type { OwnedField } from "./owned-fields.ts";

/** One operation of a JSON patch (RFC 6902). */
export interface Operation {
  readonly op: "replace" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

/**
 * Edits of one owned field, from the least to the most brutal: another value, then none. The API server refuses many,
 * and a value that is a default comes back by itself.
 */
export function editsOf({ pointer, value }: OwnedField): readonly Operation[] {
  const others = otherValues(value).map((other): Operation => ({ op: "replace", path: pointer, value: other }));
  return [...others, { op: "remove", path: pointer }];
}

function otherValues(value: unknown): readonly unknown[] {
  switch (typeof value) {
    case "number":
      return [value + 1, value - 1];
    case "boolean":
      return [!value];
    case "string":
      return [
        `${value}-edited`,
        /^\d/.test(value) ? value.replace(/^\d/, (digit) => String((Number(digit) % 9) + 1)) : "edited",
      ];
    default:
      return Array.isArray(value) ? [value.slice(1)] : [];
  }
}
