import type { OwnedField } from "./owned-fields.ts";

/** One operation of a JSON patch (RFC 6902). */
export interface Operation {
  readonly op: "replace" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

/** Words that Kubernetes' enumerations are made of: one of them is another value of most. */
const WORDS = [
  "Always", "ClusterIP", "Delete", "DoNotSchedule", "HTTPS", "Never", "OnDelete", "OnFailure", "OrderedReady",
  "Recreate", "UDP", "Unconfined",
]; // biome-ignore format: a list of words

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
      return [...texts(value), ...(/^[A-Z]\w*$/.test(value) ? WORDS : [])];
    default:
      return Array.isArray(value) ? [value.slice(1)] : [];
  }
}

function texts(value: string): readonly string[] {
  const next = value.replace(/^\d/, (digit) => String((Number(digit) % 9) + 1));
  return [`${value}-edited`, next === value ? "edited" : next];
}
