import type { IncomingHttpHeaders } from "node:http";

/** What the conditions of a request come to (RFC 9110, section 13.2.2): nothing served here has a date. */
export type Verdict = "proceed" | "not-modified" | "failed";

export function judge(headers: IncomingHttpHeaders, etag: string): Verdict {
  const ifMatch = headers["if-match"];
  if (ifMatch !== undefined && !matches(ifMatch, etag, "strong")) return "failed";
  return isHeld(headers["if-none-match"], etag) ? "not-modified" : "proceed";
}

/**
 * Whether a client has what is asked for already. Not left to express, which answers in full whoever sends
 * `Cache-Control: no-cache`: browsers do so with each `fetch` that has an `If-None-Match` of its page's.
 */
export function isHeld(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && matches(ifNoneMatch, etag, "weak");
}

/** Whether a range may be answered with: the client's other parts are of the same bytes. A date proves nothing. */
export function allowsRange(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag;
}

function matches(list: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (list.trim() === "*") return true;
  const tags = list.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => (comparison === "weak" ? tag.replace(/^W\//, "") : tag) === etag);
}
