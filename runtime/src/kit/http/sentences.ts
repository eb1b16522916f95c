import type { z } from "zod";

/** Types as JSON calls them, by the names that zod has for what it expects. */
const nouns: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "a boolean",
  array: "an array",
  object: "an object",
  record: "an object",
};

const formats: Readonly<Record<string, string>> = {
  uuid: "must be a UUID, such as 9895ba87-5b97-4970-adce-5a9504cfe788",
  datetime: "must be a time with its zone, such as 2026-01-31T12:00:00Z",
};

const units: Readonly<Record<string, string>> = { string: "character", array: "entry" };

/**
 * What is wrong with a value, to stand behind the name of its field, where the schema has no sentence of its own. Never
 * holds the value itself.
 *
 * @returns undefined for what no schema of a resource says: zod's own words then
 */
export const sentenceOf: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      return typeSentence(issue.expected, issue.input);
    case "too_small":
      if (issue.minimum === 1 && issue.origin === "string") return "must not be empty";
      return `must ${amount(issue.origin, "at least", issue.minimum)}`;
    case "too_big":
      return `must ${amount(issue.origin, "at most", issue.maximum)}`;
    case "invalid_format":
      return formats[issue.format];
    case "invalid_value":
      return oneOf(issue.values.map(String));
    case "invalid_union":
      return Array.isArray(issue["options"]) ? oneOf(issue["options"].map(String)) : undefined;
    default:
      return undefined;
  }
};

function typeSentence(expected: string, input: unknown): string {
  const what = `must be ${nouns[expected] ?? expected}`;
  if (input === undefined) return `is missing: it ${what}`;
  const noun = Array.isArray(input) ? "an array" : input === null ? "null" : (nouns[typeof input] ?? typeof input);
  return expected === "int" && typeof input === "number" ? what : `${what}, and is ${noun}`;
}

function amount(origin: string, bound: "at least" | "at most", limit: number | bigint): string {
  const unit = units[origin];
  const number = limit.toLocaleString("en");
  if (unit === undefined) return `be ${bound} ${number}`;
  return `have ${bound} ${number} ${limit === 1 ? unit : plural(unit)}`;
}

function plural(unit: string): string {
  return unit.endsWith("y") ? `${unit.slice(0, -1)}ies` : `${unit}s`;
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(", ")}`;
}
