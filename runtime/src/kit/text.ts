/** Half of a surrogate pair is no character: UTF-8, and so PostgreSQL, cannot hold it. */
export const wellFormed = /^\P{Cs}*$/u;

/**
 * Whether a text has at most so many characters. They are counted as JSON Schema and PostgreSQL count them: an emoji is
 * one, and not the two UTF-16 code units that JavaScript takes for it.
 */
export function hasAtMost(limit: number): (text: string) => boolean {
  return (text) => text.length <= limit || Array.from(text).length <= limit;
}

/** What PostgreSQL stores: well-formed text without NUL. */
const storable = /^[^\0\p{Cs}]*$/u;

/**
 * Whether every text in a JSON value, names of fields included, can be stored as `jsonb`. Goes down without recursion,
 * so that no value is too deep for it.
 */
export function isStorableJson(value: unknown): boolean {
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next === "string") {
      if (!storable.test(next)) return false;
    } else if (typeof next === "object" && next !== null) {
      for (const [name, child] of Object.entries(next)) {
        if (!storable.test(name)) return false;
        rest.push(child);
      }
    }
  }
  return true;
}

/** Levels of objects and arrays in a JSON value: 0 for a text or number, 1 for `{}`. */
export function depthOf(value: unknown): number {
  let depth = 0;
  for (let level = [value].filter(isContainer); level.length > 0; depth += 1) {
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return depth;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
