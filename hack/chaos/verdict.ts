import { spreadOf } from "../bench/statistics.ts";
import type { AcknowledgedWrite } from "./acknowledged-write.ts";
import type { ChaosResults, ScenarioResults } from "./results.ts";
import { missedByServices } from "./services/verdict.ts";

/** A sentence for each limit that was not kept and each promise that was broken; none is well. */
export function missed({
  scenarios,
  services,
  lostInTheEnd,
}: Pick<ChaosResults, "scenarios" | "services" | "lostInTheEnd">): readonly string[] {
  const end = lostInTheEnd.map((write) => `at the end of the run, ${describe(write)} is lost`);
  return [...scenarios.flatMap(missedBy), ...services.flatMap(missedByServices), ...end];
}

export function missedBy({ name, limits, rounds }: ScenarioResults): readonly string[] {
  const found: string[] = [];
  const say = (sentence: string) => found.push(`${name}: ${sentence}`);
  const median = spreadOf(rounds.map(({ gapMs }) => gapMs))?.median;
  if (median === undefined) say("no round was carried out");
  else if (median > (limits.medianGapMs ?? Number.POSITIVE_INFINITY)) {
    say(`the median of the write gaps is ${seconds(median)} s, above ${seconds(limits.medianGapMs ?? 0)} s`);
  }
  for (const [index, round] of rounds.entries()) {
    const inRound = `in round ${index + 1}`;
    if (round.gapMs > (limits.worstGapMs ?? Number.POSITIVE_INFINITY)) {
      say(`${inRound} the write gap was ${seconds(round.gapMs)} s, above ${seconds(limits.worstGapMs ?? 0)} s`);
    }
    if (round.redundancyMs > (limits.redundancyMs ?? Number.POSITIVE_INFINITY)) {
      const limit = seconds(limits.redundancyMs ?? 0);
      say(`${inRound} full redundancy took ${seconds(round.redundancyMs)} s, above ${limit} s`);
    }
    if (limits.keepsPrimary === true && round.failedOver) say(`${inRound} another member became the primary`);
    for (const write of round.lost) say(`${inRound} ${describe(write)} was lost`);
    for (const write of round.acceptedByFormer) {
      say(`${inRound} ${describe(write)} was taken when a newer primary had taken writes already`);
    }
  }
  return found;
}

function describe({ writer, number, server, timeline }: AcknowledgedWrite): string {
  return `write ${number} of writer ${writer}, acknowledged by ${server} on timeline ${timeline},`;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
