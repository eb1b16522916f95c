import { generatorProblems, tooMany } from "../limits.ts";
import type { Load, Sent } from "./load.ts";
import type { Operation, Operations } from "./results.ts";

/** More requests sent late than this, and the generator could not keep up. */
const MAX_LATE_SHARE = 0.01;
/** A load that was sent for less of its time came to an end by itself. */
const MIN_TIME_SHARE = 0.9;
/** Of a part that is about one operation. */
const MIN_PURE_SHARE = 0.99;

export type Checked = Pick<
  Sent,
  "seconds" | "requests" | "errors" | "errorTexts" | "cpuSeconds" | "late" | "operations"
>;

/**
 * Why what was sent does not count; empty when it does.
 *
 * @param only the operation that all of it should have been
 */
export function problemsOf(
  sent: Checked,
  load: Pick<Load, "seconds" | "rate">,
  part: string,
  only?: Operation,
): readonly string[] {
  const { requests, errors, late, seconds, cpuSeconds, operations } = sent;
  const problems: string[] = [];
  if (requests === 0 || tooMany(errors, requests)) {
    problems.push(`${part}: ${errors} of ${requests} requests failed${examples(sent)}`);
  }
  problems.push(...generatorProblems(cpuSeconds / seconds, part));
  if (load.rate !== undefined && late > requests * MAX_LATE_SHARE) {
    problems.push(`${part}: the load generator sent ${percent(late / requests)} more than 5 ms late`);
  }
  if (seconds < load.seconds * MIN_TIME_SHARE) {
    problems.push(`${part}: it ended after ${seconds.toFixed(1)} s, for there was nothing left to delete`);
  }
  if (only !== undefined && shareOf(operations, only) < MIN_PURE_SHARE) {
    problems.push(`${part}: only ${percent(shareOf(operations, only))} of the answers were of this kind`);
  }
  return problems;
}

function examples({ errorTexts }: Checked): string {
  const texts = Object.entries(errorTexts).map(([text, count]) => `${count} × ${text}`);
  return texts.length === 0 ? "" : ` (${texts.join(", ")})`;
}

function shareOf(operations: Operations, one: Operation): number {
  const all = Object.values(operations).reduce((sum, { requests }) => sum + requests, 0);
  return (operations[one]?.requests ?? 0) / Math.max(1, all);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
