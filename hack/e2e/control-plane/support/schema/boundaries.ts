import type { StructuralSchema } from "@profile-platform/crds/crd";
import { ENTRY, type Field } from "./fields.ts";

const INT32_MAX = 2 ** 31 - 1;

/** Amounts that are written in every way there is, from next to nothing to more than there can be. */
const AMOUNTS = [
  "1n",
  "0.0001m",
  ".5",
  "+3e0",
  "1P",
  "1e9Ti",
  "8Ei",
  "99999999999999999999999",
  "1e300",
  "-1",
  "0",
  "1 Gi",
];

const DURATIONS = ["1s", "999999999h", "999999999m", "0s", "1000000000h", "1.5h", "1d"];

const SHORT_DURATIONS = ["1ms", "999999999s", "0ms", "1000000000s", "1.5s", "1m"];

/** Texts that break what they are put into without being checked: YAML, shell, names, file paths. */
const TEXTS = ["a b", "x: y", "'", '"', "two\nlines", "ünïcödé", "../..", "$(id)", "%s", "-", "A"];

/** Values at and beyond the limits of a leaf, and such as only nonsense would have; not all of them are valid. */
export function boundaryValues({ schema, steps }: Field): readonly unknown[] {
  if (schema.enum !== undefined) return [...schema.enum, schema.type === "integer" ? 2 : "nonsense", ""];
  switch (schema.type) {
    case "boolean":
      return [true, false, "yes"];
    case "integer":
      return integers(schema);
    case "string":
      return texts(schema, steps.at(-1) === ENTRY);
    case "array":
      return lists(schema);
    default:
      throw new Error(`${steps.join(".")} is no single value, and has no boundary values`);
  }
}

/** The ends and what is just beyond them; what is just before an end is like any other value. */
function integers({ minimum, maximum }: StructuralSchema): readonly number[] {
  const low = minimum === undefined ? [] : [minimum - 1, minimum];
  const high = maximum === undefined ? [] : [maximum, maximum + 1];
  return [...new Set([...low, ...high, -1, 0, INT32_MAX])];
}

/** Of texts: none, each that would be a bad value, as many as there may be, one more, and one twice. */
function lists({ items = { type: "string" }, maxItems = 32 }: StructuralSchema): readonly (readonly unknown[])[] {
  const addresses = Array.from({ length: maxItems + 1 }, (_, index) => `https://a${index}.example.com`);
  const [first = ""] = addresses;
  return [[], ...texts(items, false).map((text) => [text]), addresses.slice(1), addresses, [first, first]];
}

function texts(schema: StructuralSchema, isEntry: boolean): readonly string[] {
  const rules = (schema["x-kubernetes-validations"] ?? []).map(({ rule }) => rule).join(" ");
  if (rules.includes("isQuantity(self)")) return [...AMOUNTS, ""];
  if (rules.includes("(s|m|h)")) return [...DURATIONS, ""];
  if (rules.includes("(ms|s)")) return [...SHORT_DURATIONS, ""];
  const longest = "x".repeat(schema.maxLength ?? 4096);
  return [...TEXTS, longest, `${longest}x`, ...(isEntry ? [" ", "\t"] : []), ""];
}
