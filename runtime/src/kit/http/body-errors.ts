import { Problem } from "./problem.ts";

/** RFC 8259 has JSON between systems in UTF-8, and no parameter that could say otherwise. */
export const notUtf8 = "The Content-Type names another charset than utf-8. Send JSON in UTF-8, and name that or none.";

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
  if (type === "charset.unsupported") return new Problem("unsupported-media-type", notUtf8);
  if (thrown.status === 415) {
    const detail = "The body's Content-Encoding is not supported: send it with gzip, deflate, br or zstd, or as it is.";
    return new Problem("unsupported-media-type", detail);
  }
  if (isDecompression(thrown)) {
    return new Problem(
      "bad-request",
      "The body is not what its Content-Encoding says: compress it so, or leave it out.",
    );
  }
  return new Problem("bad-request", "The request is malformed.");
}

/** What zlib throws has a number beside its code; what body-parser makes itself has a type. */
function isDecompression(thrown: Error): boolean {
  return !("type" in thrown) && "code" in thrown && "errno" in thrown && typeof thrown.errno === "number";
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
