import { jsonPointer } from "./pointer.ts";
import { Problem } from "./problem.ts";

/**
 * Refuses a JSON text in which an object names one of its members twice.
 *
 * @param json what `value` was parsed from, in UTF-8
 * @throws Problem "validation-failed" with where the second one is
 */
export function refuseRepeatedNames(json: Uint8Array, value: unknown): void {
  if (!hasRepeatedNames(json, value)) return;
  const pointer = firstRepeatedName(Buffer.from(json).toString()) ?? "#";
  const errors = [{ pointer, detail: "is given more than once" }];
  throw new Problem("validation-failed", `Give each field once and send the request again: ${pointer}`, { errors });
}

/** `JSON.parse` keeps the last of two members in silence, so the text has more names than its value has members. */
export function hasRepeatedNames(json: Uint8Array, value: unknown): boolean {
  return namesIn(json) !== membersOf(value);
}

const [quote, backslash, colon] = Buffer.from('"\\:') as Iterable<number> as [number, number, number];

/** Each name ends in a colon, and other colons stand in strings alone. Bytes below 128 are no part of another character. */
function namesIn(json: Uint8Array): number {
  let names = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) inString = !inString;
    else if (byte === colon && !inString) names += 1;
    else if (byte === backslash) at += 1;
  }
  return names;
}

/** Without recursion, so that no value is too deep for it. */
function membersOf(value: unknown): number {
  let members = 0;
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next !== "object" || next === null) continue;
    const children: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (children !== next) members += children.length;
    for (const child of children) rest.push(child);
  }
  return members;
}

/** An object, with the names that it has so far, or a list, with how many elements; and where in it the text is. */
interface Level {
  readonly names?: Set<string>;
  at: string;
}

/**
 * JSON pointer to the first member that is named twice, for the sentence about it: much slower than to find out whether
 * there is one.
 *
 * @param json valid JSON
 */
export function firstRepeatedName(json: string): string | undefined {
  const levels: Level[] = [];
  for (const [token, name] of json.matchAll(/("(?:[^"\\]+|\\.)*")\s*:|"(?:[^"\\]+|\\.)*"|[{}[\],]/gs)) {
    const level = levels.at(-1);
    if (token === "{") levels.push({ names: new Set(), at: "" });
    else if (token === "[") levels.push({ at: "0" });
    else if (token === "}" || token === "]") levels.pop();
    else if (token === "," && level !== undefined && level.names === undefined) level.at = String(Number(level.at) + 1);
    else if (name !== undefined && level !== undefined) {
      level.at = JSON.parse(name) as string;
      if (level.names?.has(level.at)) return jsonPointer(levels.map(({ at }) => at));
      level.names?.add(level.at);
    }
  }
  return undefined;
}
