const KEY = '"managedFields":[{';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * The JSON of an object, or of a watch event with one, without its managedFields: nearly half of it, in hundreds of small
 * objects that would be made only to be dropped: cut out of the text, an event takes half of the time. JSON that has none,
 * or is not whole, comes back as it is.
 *
 * The first key of this name is the one of metadata, which the API server writes before spec and status; inside of a
 * string it cannot be found, since its quotes would be escaped there.
 */
export function cutManagedFields(json: string): string {
  const start = json.indexOf(KEY);
  if (start < 0) return json;
  const end = endOfList(json, start + KEY.length - 2);
  if (end === undefined) return json;
  // Of the two commas around it, one goes with it.
  if (json[start - 1] === ",") return json.slice(0, start - 1) + json.slice(end);
  return json.slice(0, start) + json.slice(json[end] === "," ? end + 1 : end);
}

/** Index after the bracket that closes the one at `from`. */
function endOfList(json: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** Index of the quote that ends the string that begins at `from`; beyond the end where there is none. */
function endOfString(json: string, from: number): number {
  for (let at = json.indexOf('"', from + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let escapes = 0;
    while (json.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return json.length;
}
