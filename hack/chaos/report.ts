import { show } from "../bench/cells.ts";
import { describeBriefly } from "../bench/machine.ts";
import { spreadOf } from "../bench/statistics.ts";
import type { ChaosResults, ScenarioResults } from "./results.ts";
import type { Limits } from "./scenario.ts";
import type { ServiceScenarioResults } from "./services/results.ts";
import { missed, missedBy, missedByServices } from "./verdict.ts";

const SECONDS = { digits: 1 } as const;

const GAPS = ["write gap, s", "limit", "full redundancy after, s", "limit"];
const HEADING = ["scenario", "rounds", ...GAPS, "writes acknowledged", "lost", "taken by two primaries", "kept"];
const SERVICES_HEADING = ["scenario", "rounds", ...GAPS, "writes acknowledged", "lost, refused or stale", "kept"];

/** The results as a page: a row a scenario. */
export function reportChaos(results: ChaosResults): string {
  const { machine, began, instances, nodes, operatorKilled, scenarios, services } = results;
  const problems = missed(results);
  return [
    `${instances} instances on ${nodes} nodes${operatorKilled ? ", the operator killed in the moment of each fault" : ""}, ${began.slice(0, 10)}, commit ${machine.commit}.`,
    "",
    describeBriefly(machine, `Kubernetes ${machine.kubernetes}`, machine.postgresql, machine.patroni),
    ...table(HEADING, scenarios.map(row)),
    ...table(SERVICES_HEADING, services.map(serviceRow)),
    ...(problems.length === 0 ? [] : ["", "What was not kept:", "", ...problems.map((problem) => `- ${problem}`)]),
  ].join("\n");
}

/** Nothing of no rows. The first column is text, the last a mark, and numbers stand between. */
function table(heading: readonly string[], rows: readonly string[]): readonly string[] {
  if (rows.length === 0) return [];
  const numbers = heading.slice(2).map(() => "--:");
  return ["", `| ${heading.join(" | ")} |`, `|---|${numbers.join("|")}|:-:|`, ...rows];
}

function row(scenario: ScenarioResults): string {
  const lost = countIn(scenario, ({ lost }) => lost.length);
  const accepted = countIn(scenario, ({ acceptedByFormer }) => acceptedByFormer.length);
  return rowOf(scenario, [lost, accepted], missedBy(scenario));
}

function serviceRow(scenario: ServiceScenarioResults): string {
  return rowOf(scenario, [countIn(scenario, ({ wrong }) => wrong.length)], missedByServices(scenario));
}

/** `counts`: of what may not happen. */
function rowOf(
  scenario: ScenarioResults | ServiceScenarioResults,
  counts: readonly number[],
  problems: readonly string[],
): string {
  const { name, rounds } = scenario;
  const limits: Limits = scenario.limits;
  const acknowledged = rounds.reduce((sum, round) => sum + round.acknowledged, 0);
  return `| ${[
    name,
    rounds.length,
    spread(rounds.map(({ gapMs }) => gapMs)),
    gapLimit(limits),
    spread(rounds.map(({ redundancyMs }) => redundancyMs)),
    limits.redundancyMs === undefined ? "" : `${limits.redundancyMs / 1000}`,
    acknowledged.toLocaleString("en-US"),
    ...counts,
    problems.length === 0 ? "✓" : "✗",
  ].join(" | ")} |`;
}

function countIn<Round>({ rounds }: { readonly rounds: readonly Round[] }, of: (round: Round) => number): number {
  return rounds.reduce((sum, round) => sum + of(round), 0);
}

function spread(milliseconds: readonly number[]): string {
  return show(spreadOf(milliseconds.map((value) => value / 1000)), SECONDS);
}

function gapLimit({ medianGapMs, worstGapMs }: Limits): string {
  if (medianGapMs !== undefined) return `${medianGapMs / 1000} (median)`;
  return worstGapMs === undefined ? "" : `${worstGapMs / 1000}`;
}
