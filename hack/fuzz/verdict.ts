import type { Operation } from "./operations.ts";
import type { Tally } from "./tally.ts";

/** What a run has to have done at least, to say anything. */
export interface Demands {
  readonly operations: readonly Operation[];
  /** Answered requests of each operation whose requests can differ; of others, one. */
  readonly least: number;
}

/** Statuses with which a server refuses to look at a request: they tell nothing of what it would do with it. */
const UNSEEN: ReadonlySet<number> = new Set([429, 503]);

/** Of all answers, so many may be such. */
const MOST_UNSEEN = 0.05;

/** What is wrong with a run that found nothing: a sentence each. A run that was refused all the time proves nothing. */
export function shortcomings(tally: Tally, { operations, least }: Demands): readonly string[] {
  const found: string[] = [];
  for (const [what, count] of tally.failures) found.push(`${what} failed ${count} times`);
  if (tally.unanswered > 0) found.push(`${tally.unanswered} requests were not answered`);
  for (const { label, varies, needsTarget } of operations) {
    const statuses = tally.operations.get(label)?.statuses ?? new Map<number, number>();
    const seen = sum([...statuses].filter(([status]) => !UNSEEN.has(status)));
    const wanted = varies ? least : 1;
    if (seen < wanted) found.push(`${label} was tried ${seen} times, and not ${wanted}: give FUZZ_SECONDS more`);
    else if (!needsTarget && ![...statuses.keys()].some(isTaken)) found.push(`${label} never took a request`);
  }
  const all = [...tally.operations.values()].flatMap(({ statuses }) => [...statuses]);
  const unseen = sum(all.filter(([status]) => UNSEEN.has(status)));
  if (unseen > MOST_UNSEEN * sum(all)) {
    found.push(
      `${unseen} of ${sum(all)} requests were answered with 429 or 503: too many for the others to say enough`,
    );
  }
  return found;
}

/** A stream of events takes nobody who does not speak WebSocket, and says so when everything else is right. */
function isTaken(status: number): boolean {
  return status < 400 || status === 426;
}

function sum(counts: readonly (readonly [number, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}
