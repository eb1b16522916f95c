import { Problem } from "./problem.ts";

/**
 * What express and body-parser say of a request that they cannot read, as a problem: their errors carry a status, and a
 * type that names the cause.
 *
 * @returns undefined for what is not the client's doing
 */
export function unreadable(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof Error) || !("status" in thrown) || typeof thrown.status !== "number") return undefined;
  if (thrown.status >= 500) return undefined;
  const type = "type" in thrown ? thrown.type : undefined;
  if (type === "entity.too.large") return new Problem("body-too-large", tooLarge(thrown));
  if (type === "entity.parse.failed") return new Problem("bad-request", notJson(thrown));
  if (thrown instanceof URIError) {
    return new Problem("bad-request", "The path has a % that begins no UTF-8 character: percent-encode it anew.");
  }
  if (thrown.status === 415) return new Problem("unsupported-media-type", "The body's encoding is not supported.");
  return new Problem("bad-request", "The request is malformed.");
}

function tooLarge(thrown: Error): string {
  const limit = "limit" in thrown && typeof thrown.limit === "number" ? thrown.limit : undefined;
  const accepted =
    limit === undefined ? "what is accepted here" : `the ${limit.toLocaleString("en")} bytes accepted here`;
  return `The body is larger than ${accepted}. Send less.`;
}

/** Never with words of V8's own message, which quotes the body. */
function notJson(thrown: Error): string {
  const body = "body" in thrown && typeof thrown.body === "string" ? thrown.body : "";
  if (!/^\s*[{[]/.test(body)) return "The body is not a JSON object. Send one, between { and }.";
  const [, position, line, column] = /at position (\d+) \(line (\d+) column (\d+)\)/.exec(thrown.message) ?? [];
  const endsEarly = thrown.message.includes("end of JSON") || Number(position) >= body.length;
  if (endsEarly) return "The body is not valid JSON: it ends in the middle.";
  const place = line === undefined ? "" : `: look at line ${line}, column ${column}`;
  return `The body is not valid JSON${place}.`;
}
