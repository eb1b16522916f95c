import { spreadOf } from "../bench/statistics.ts";
import type { AcknowledgedWrite } from "./acknowledged-write.ts";
import type { ChaosResults, ScenarioResults } from "./results.ts";
import type { Limits } from "./scenario.ts";
import type { ServiceScenarioResults } from "./services/results.ts";

/** A sentence for each limit that was not kept and each promise that was broken; none is well. */
export function missed({
  scenarios,
  services,
  lostInTheEnd,
}: Pick<ChaosResults, "scenarios" | "services" | "lostInTheEnd">): readonly string[] {
  const end = lostInTheEnd.map((write) => `at the end of the run, ${describe(write)} is lost`);
  return [...scenarios.flatMap(missedBy), ...services.flatMap(missedByServices), ...end];
}

export function missedBy(results: ScenarioResults): readonly string[] {
  const { keepsPrimary } = results.limits;
  return missedIn(results, ({ failedOver, lost, acceptedByFormer }) => [
    ...(keepsPrimary === true && failedOver ? ["another member became the primary"] : []),
    ...lost.map((write) => `${describe(write)} was lost`),
    ...acceptedByFormer.map((write) => `${describe(write)} was taken when a newer primary had taken writes already`),
  ]);
}

/** The same of a scenario of Redis or RabbitMQ. */
export function missedByServices(results: ServiceScenarioResults): readonly string[] {
  return missedIn(results, ({ wrong }) => wrong);
}

interface Timed {
  readonly gapMs: number;
  readonly redundancyMs: number;
}

interface TimedResults<Round extends Timed> {
  readonly name: string;
  readonly limits: Limits;
  readonly rounds: readonly Round[];
}

/** `broken`: the promises that a round broke, each as what follows "in round 1". */
function missedIn<Round extends Timed>(
  { name, limits, rounds }: TimedResults<Round>,
  broken: (round: Round) => readonly string[],
): readonly string[] {
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
    for (const what of broken(round)) say(`${inRound} ${what}`);
  }
  return found;
}

function describe({ writer, number, server, timeline }: AcknowledgedWrite): string {
  return `write ${number} of writer ${writer}, acknowledged by ${server} on timeline ${timeline},`;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
