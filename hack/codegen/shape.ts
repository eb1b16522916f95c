/** What each key of a tag's JSON object must hold. */
export type Shape = Readonly<Record<string, { readonly type: "text" | "number" | "texts"; readonly required?: true }>>;

/** What is wrong with a JSON value that should have a shape; undefined when nothing is. */
export function shapeProblem(value: unknown, shape: Shape): string | undefined {
  const keys = Object.keys(shape);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `needs an object with the keys ${keys.join(", ")}`;
  }
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(shape, key));
  if (unknown !== undefined) return `has no key "${unknown}": known are ${keys.join(", ")}`;
  for (const [key, { type, required }] of Object.entries(shape)) {
    const entry = (value as Record<string, unknown>)[key];
    if (entry === undefined && required === undefined) continue;
    if (!holds(entry, type)) return `needs ${WORDS[type]} for "${key}"`;
  }
  return undefined;
}

const WORDS = { text: "text", number: "a number", texts: "a list of texts" } as const;

function holds(entry: unknown, type: "text" | "number" | "texts"): boolean {
  if (type === "text") return typeof entry === "string" && entry !== "";
  if (type === "number") return typeof entry === "number";
  return Array.isArray(entry) && entry.every((item) => typeof item === "string");
}
