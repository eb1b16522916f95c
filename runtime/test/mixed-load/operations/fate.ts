import { problemOf } from "../api.ts";
import type { Reply } from "../connections.ts";

/**
 * done: it happened. doubtful: it may have happened. conflict: another write came first. refused: it did not happen,
 * and nothing else explains why.
 */
export type Fate = "done" | "doubtful" | "conflict" | "refused";

/** What is known of a write by its answer. @param expected the status of one that was carried out */
export function fateOf(reply: Reply, expected: number): Fate {
  const { status } = reply;
  if (status === expected) return "done";
  if (status === undefined || status >= 500) return "doubtful";
  // The same request was sent before, and is being carried out just now.
  if (status === 409 && problemOf(reply) === "request-in-progress") return "doubtful";
  return status === 404 || status === 412 ? "conflict" : "refused";
}
