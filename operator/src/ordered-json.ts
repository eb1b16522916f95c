/**
 * The JSON of a value, the same for every order of fields; undefined of what JSON has no words for. Several times as
 * fast as JSON.stringify with a replacer that sorts, and twice as fast as text that is put together piece by piece.
 */
export function orderedJson(value: unknown): string | undefined {
  return JSON.stringify(ordered(value));
}

function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const copy: Record<string, unknown> = {};
  for (const field of Object.keys(value).sort()) {
    const part = ordered((value as Readonly<Record<string, unknown>>)[field]);
    // Assigned, this one would become the copy's prototype.
    if (field === "__proto__") Object.defineProperty(copy, field, { value: part, enumerable: true });
    else copy[field] = part;
  }
  return copy;
}
