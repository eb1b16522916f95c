import { Problem } from "../kit/http/problem.ts";

/** There is no room for one more image just now. */
export function busy(what: string): Problem {
  return new Problem("unavailable", `${what}; nothing was stored, so try again shortly.`, {
    headers: { "Retry-After": "5" },
  });
}
