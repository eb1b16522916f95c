import { describeState } from "../component-state.ts";
import { summarize } from "../object-id.ts";
import type { Outcome } from "../outcome.ts";
import { applied } from "./applied.ts";
import type { Finding } from "./finding.ts";
import { healthy } from "./healthy.ts";

const LONGEST_COLUMN = 160;

/** The sum of the others, with a message short enough for a column of `kubectl get`. */
export function ready(outcome: Outcome): Finding {
  const specification = applied(outcome);
  const operands = healthy(outcome);
  const needsHelp = outcome.blocked !== undefined || outcome.refusals.length > 0 || outcome.failures.length > 0;
  if (needsHelp) return { ...specification, message: short(`Stalled: ${specification.message}`) };
  if (operands.status !== "True") return { ...operands, message: short(awaited(outcome)) };
  return specification.status === "True" ? operands : specification;
}

const URGENCY = ["Failed", "Progressing", "Waiting"];

/** What failed comes first, and what only waits for another component last: it is not what the platform waits for. */
function awaited({ components }: Outcome): string {
  const unready = URGENCY.flatMap((urgent) => components.filter(({ state }) => state === urgent));
  return `Waiting for ${summarize(unready.map(describeState))}`;
}

/** One line without what follows the first sentence; the condition that it is taken from has the rest. */
function short(message: string): string {
  const [line = ""] = message.split(/\n|(?<=\.) |; /, 1);
  return line.length <= LONGEST_COLUMN ? line : `${line.slice(0, LONGEST_COLUMN - 1)}…`;
}
