import { REASON, type Reason } from "../../../errors.ts";
import type { Outcome } from "../../apply/outcome.ts";
import { summarize } from "../../live/object-id.ts";
import { describeState } from "../component-state.ts";
import { applied } from "./applied.ts";
import type { Finding } from "./finding.ts";
import { healthy } from "./healthy.ts";
import { stalled } from "./stalled.ts";

const LONGEST_COLUMN = 160;

/**
 * The sum of the others, with a message short enough for a column of `kubectl get`. While the roll-out is paused or an
 * upgrade of the operator waits for its turn, what runs is what was wanted before: it tells of the health of that.
 */
export function ready(outcome: Outcome): Finding {
  const specification = applied(outcome);
  const operands = healthy(outcome);
  if (stalled(outcome).status === "True")
    return { ...specification, message: short(`Stalled: ${specification.message}`) };
  const remark = remarkOf(outcome);
  if (operands.status !== "True") return { ...operands, message: short(awaited(outcome), remark) };
  if (specification.status !== "True" && !DEFERRED.has(specification.reason)) return specification;
  return { ...operands, message: short(operands.message, remark) };
}

const DEFERRED: ReadonlySet<Reason> = new Set([REASON.paused, REASON.waitingForTurn]);

function remarkOf({ paused, awaitedTurn }: Outcome): string {
  if (paused !== undefined) {
    const { held, untouched } = paused;
    return held.length === 0 || untouched ? " (paused)" : ` (paused: ${held.length} held back)`;
  }
  return awaitedTurn === undefined ? "" : " (an upgrade waits for its turn)";
}

const URGENCY = ["Failed", "Progressing", "Waiting"];

/** What failed comes first, and what only waits for another component last: it is not what the platform waits for. */
function awaited({ components }: Outcome): string {
  const unready = URGENCY.flatMap((urgent) => components.filter(({ state }) => state === urgent));
  return `Waiting for ${summarize(unready.map(describeState))}`;
}

/** One line with the remark at its end, without what follows the first sentence; the condition that it is taken from has the rest. */
function short(message: string, remark = ""): string {
  const [line = ""] = message.split(/\n|(?<=\.) |; /, 1);
  const longest = LONGEST_COLUMN - remark.length;
  return (line.length <= longest ? line : `${line.slice(0, longest - 1)}…`) + remark;
}
