import { z } from "zod";

/** RFC 9110 has it for the names of headers; OpenTelemetry asks for no more of those of attributes. */
const key = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * A list as OpenTelemetry writes them in variables: `name=value,other=value`, with values encoded as in URLs.
 *
 * @param isValue whether a decoded value can be used
 */
export function pairs(
  what: string,
  isValue: (value: string) => boolean = () => true,
): z.ZodType<Readonly<Record<string, string>>> {
  return z
    .string()
    .default("")
    .transform((text, context) => {
      const found = text
        .split(",")
        .filter((part) => part.trim() !== "")
        .map((part) => readPair(part));
      const sound = found.filter((pair) => pair !== undefined && isValue(pair[1]));
      if (sound.length === found.length) return Object.fromEntries(sound as (readonly [string, string])[]);
      context.addIssue({ code: "custom", message: what });
      return z.NEVER;
    });
}

function readPair(text: string): readonly [string, string] | undefined {
  const end = text.indexOf("=");
  const name = text.slice(0, Math.max(end, 0)).trim();
  if (!key.test(name)) return undefined;
  try {
    return [name, decodeURIComponent(text.slice(end + 1).trim())];
  } catch {
    return undefined;
  }
}
