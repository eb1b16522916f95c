import { spreadOf } from "../../bench/statistics.ts";
import type { ServiceScenarioResults } from "./results.ts";

/** A sentence for each limit that was not kept and each promise that was broken; none is well. */
export function missedByServices({ name, limits, rounds }: ServiceScenarioResults): readonly string[] {
  const median = spreadOf(rounds.map(({ gapMs }) => gapMs))?.median;
  if (median === undefined) return [`${name}: no round was carried out`];
  const gap =
    median > limits.medianGapMs
      ? [`the median of the write gaps is ${seconds(median)} s, above ${seconds(limits.medianGapMs)} s`]
      : [];
  const ofRounds = rounds.flatMap(({ redundancyMs, wrong }, index) => {
    const inRound = `in round ${index + 1}`;
    const late =
      redundancyMs > limits.redundancyMs
        ? [`${inRound} full redundancy took ${seconds(redundancyMs)} s, above ${seconds(limits.redundancyMs)} s`]
        : [];
    return [...late, ...wrong.map((what) => `${inRound} ${what}`)];
  });
  return [...gap, ...ofRounds].map((sentence) => `${name}: ${sentence}`);
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
