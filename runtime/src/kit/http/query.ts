import { type ParsedUrlQuery, parse } from "node:querystring";
import { Problem } from "./problem.ts";

/**
 * The parameters of a query, as express asks for them: those that are given twice as a list.
 *
 * @param query what stands behind the question mark; express gives null where there is none
 * @throws Problem "bad-request" for what is percent-encoded and no UTF-8: decoded all the same, it would be looked for as
 *   something that nobody has asked for
 */
export function parseQuery(query: string | null | undefined): ParsedUrlQuery {
  if (query?.includes("%") === true && !isUtf8Encoded(query)) {
    throw new Problem("bad-request", "The query has a % that begins no UTF-8 character: percent-encode it anew.");
  }
  return parse(query ?? "");
}

function isUtf8Encoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
