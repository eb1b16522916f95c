import type { StructuralSchema } from "@profile-platform/crds/crd";
import { parseRule } from "./rule.ts";

/** What a value can be, as far as tags care: a map is an object with any keys. */
export type ValueKind = "string" | "integer" | "boolean" | "array" | "map" | "object";

export type SchemaPart = Partial<StructuralSchema>;

/** Outcome of reading a tag's text: the part of the schema that it stands for, or what is wrong with the text. */
export type TagReading = { readonly part: SchemaPart } | { readonly problem: string };

/** A tag that constrains or describes a value. */
export interface ValueTag {
  readonly appliesTo: readonly ValueKind[];
  /** Whether it may stand several times, its parts being put one after the other. */
  readonly repeatable: boolean;
  read(text: string): TagReading;
}

const EVERYTHING: readonly ValueKind[] = ["string", "integer", "boolean", "array", "map", "object"];
const STRING_FORMATS = ["date-time", "date", "byte", "uri", "email", "ipv4", "ipv6", "uuid"];
const INTEGER_FORMATS = ["int32", "int64"];

/** Tags of a value. A table, so that an unknown tag is one that is not in it. */
export const VALUE_TAGS: Readonly<Record<string, ValueTag>> = {
  minimum: once(
    ["integer"],
    number((minimum) => ({ minimum })),
  ),
  maximum: once(
    ["integer"],
    number((maximum) => ({ maximum })),
  ),
  minLength: once(
    ["string"],
    count((minLength) => ({ minLength })),
  ),
  maxLength: once(
    ["string"],
    count((maxLength) => ({ maxLength })),
  ),
  pattern: once(["string"], pattern),
  format: once(
    ["string", "integer"],
    word([...STRING_FORMATS, ...INTEGER_FORMATS], (format) => ({ format })),
  ),
  minItems: once(
    ["array"],
    count((minItems) => ({ minItems })),
  ),
  maxItems: once(
    ["array"],
    count((maxItems) => ({ maxItems })),
  ),
  minProperties: once(
    ["map"],
    count((minProperties) => ({ minProperties })),
  ),
  maxProperties: once(
    ["map"],
    count((maxProperties) => ({ maxProperties })),
  ),
  listType: once(
    ["array"],
    word(["atomic", "set", "map"], (type) => ({ "x-kubernetes-list-type": type as "map" })),
  ),
  listMapKey: many(["array"], (text) => {
    return text === ""
      ? { problem: "needs the name of a property of the items" }
      : { part: { "x-kubernetes-list-map-keys": [text] } };
  }),
  default: once(EVERYTHING, (text) => {
    const json = parseJSON(text);
    return "problem" in json ? json : { part: { default: json.value } };
  }),
  XValidation: many(EVERYTHING, (text) => {
    const json = parseJSON(text);
    if ("problem" in json) return json;
    const rule = parseRule(json.value);
    return "problem" in rule ? rule : { part: { "x-kubernetes-validations": [rule.rule] } };
  }),
};

/** Tags that say something of a property and nothing of its value. */
export const PROPERTY_TAGS: readonly string[] = ["requiredByRule"];

/** Tags of the type that is the resource. `resource.ts` reads them. */
export const RESOURCE_TAGS: readonly string[] = ["resource", "subresource", "scale", "printcolumn"];

/** Reads JSON with a message that a person can act on. */
export function parseJSON(text: string): { readonly value: unknown } | { readonly problem: string } {
  if (text === "") return { problem: 'needs a value in JSON, such as 3, "text" or {}' };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: `is not valid JSON (${(error as Error).message}): strings need double quotes` };
  }
}

function once(appliesTo: readonly ValueKind[], read: ValueTag["read"]): ValueTag {
  return { appliesTo, repeatable: false, read };
}

function many(appliesTo: readonly ValueKind[], read: ValueTag["read"]): ValueTag {
  return { appliesTo, repeatable: true, read };
}

function number(part: (value: number) => SchemaPart): ValueTag["read"] {
  return (text) => {
    const value = Number(text);
    return text !== "" && Number.isSafeInteger(value) ? { part: part(value) } : { problem: "needs a whole number" };
  };
}

function count(part: (value: number) => SchemaPart): ValueTag["read"] {
  return (text) => {
    const value = Number(text);
    const fits = text !== "" && Number.isSafeInteger(value) && value >= 0;
    return fits ? { part: part(value) } : { problem: "needs a whole number, 0 or above" };
  };
}

function word(words: readonly string[], part: (value: string) => SchemaPart): ValueTag["read"] {
  return (text) => (words.includes(text) ? { part: part(text) } : { problem: `needs one of ${words.join(", ")}` });
}

function pattern(text: string): TagReading {
  if (text === "") return { problem: "needs a regular expression" };
  try {
    return { part: { pattern: new RegExp(text, "u").source } };
  } catch (error) {
    return { problem: `is not a regular expression: ${(error as Error).message}` };
  }
}
