import { describeState } from "../component-state.ts";
import { summarize } from "../object-id.ts";
import type { Outcome } from "../outcome.ts";
import { applied } from "./applied.ts";
import type { Finding } from "./finding.ts";
import { healthy } from "./healthy.ts";

/** The sum of the others, with a message short enough for a column of `kubectl get`. */
export function ready(outcome: Outcome): Finding {
  const specification = applied(outcome);
  const operands = healthy(outcome);
  const needsHelp = outcome.blocked !== undefined || outcome.refusals.length > 0 || outcome.failures.length > 0;
  if (needsHelp) return { ...specification, message: `Stalled: ${firstSentence(specification.message)}` };
  if (operands.status !== "True") return { ...operands, message: awaited(outcome) };
  return specification.status === "True" ? operands : specification;
}

/** A component that only waits for another one is not what the platform waits for, if any other is not ready. */
function awaited({ components }: Outcome): string {
  const unready = components.filter(({ state }) => state !== "Ready");
  const failed = unready.filter(({ state }) => state === "Failed");
  const moving = unready.filter(({ state }) => state === "Progressing");
  const causes = [failed, moving, unready].find((some) => some.length > 0) ?? [];
  return `Waiting for ${summarize(causes.map(describeState))}`;
}

function firstSentence(message: string): string {
  return message.split(/(?<=\.) /, 1)[0] ?? message;
}
