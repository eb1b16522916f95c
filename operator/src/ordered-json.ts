/**
 * The JSON of a value, the same for every order of fields; undefined of what JSON has no words for. Several times as
 * fast as JSON.stringify with a replacer that sorts, which builds every object anew.
 */
export function orderedJson(value: unknown): string | undefined {
  if (Array.isArray(value)) return `[${value.map((item) => orderedJson(item) ?? "null").join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let text = "";
  for (const field of Object.keys(value).sort()) {
    const json = orderedJson((value as Readonly<Record<string, unknown>>)[field]);
    if (json !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(field)}:${json}`;
  }
  return `{${text}}`;
}
