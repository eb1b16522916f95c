import { REASON } from "../../../errors.ts";
import type { Contest } from "../../apply/contests.ts";
import type { Outcome } from "../../apply/outcome.ts";
import { listed, summarize } from "../../live/object-id.ts";
import type { Finding } from "./finding.ts";

/** There only while another manager sets fields that the operator sets, again and again. */
export function fieldsContested({ contests }: Outcome): Finding | undefined {
  if (contests.length === 0) return undefined;
  return { status: "True", reason: REASON.fieldsContested, message: summarize(contests.map(describe)) };
}

function describe({ object, manager, fields }: Contest): string {
  const what = `${object}: ${JSON.stringify(manager)} sets ${listed(fields)} again and again`;
  const cure = `Stop ${JSON.stringify(manager)} from setting it, or change the ProfilePlatform to what it sets`;
  return `${what}; it is taken back each time, after a pause of up to a minute. ${cure}.`;
}
