import { format, heading, show, showRatio } from "../cells.ts";
import { type FigureText, higher, lower } from "../figure.ts";
import { describeBriefly } from "../machine.ts";
import { type Pair, ratioOf, spreadOf } from "../statistics.ts";
import {
  CAPACITY_PARTS,
  type CapacityPart,
  OPERATIONS,
  type Operation,
  RATE_PARTS,
  type RatePart,
  type Results,
  SIDES,
  type Side,
  type SideResult,
} from "./results.ts";
import { targetsOf, verdict } from "./targets.ts";

const PART_TITLES: Readonly<Record<CapacityPart, string>> = {
  cachedRead: "cached read",
  uncachedRead: "uncached read",
  list: "list of 20",
  create: "create",
  update: "update",
  delete: "delete",
  mix: "mix of all",
};
const RATE_TITLES: Readonly<Record<RatePart, string>> = {
  sources: "The mix at the sources' load",
  half: "The mix at half of what each side can do",
};
const TWINS = ["stock", "tuned"] as const;
const RATIO_HEADER =
  "| | service | express + pg | gin + pgx | service : express | service : gin |\n|---|--:|--:|--:|--:|--:|";
const LATENCY_HEADER = "| | service | express + pg | gin + pgx |\n|---|--:|--:|--:|";

type Read = (result: SideResult) => number | undefined;

/** Tables in Markdown, and what the numbers rest on. */
export function report(results: Results): string {
  const { rounds } = results;
  return [
    ...basis(results),
    targets(rounds),
    capacity(rounds),
    efficiency(rounds),
    resources(rounds),
    ...RATE_PARTS.map((part) => latencies(part, rounds)),
    ...lateness(rounds),
    ...excluded(rounds),
  ].join("\n\n");
}

function basis({ settings, machine, began, rounds }: Results): readonly string[] {
  const count = new Set(rounds.map(({ round }) => round)).size;
  const { seconds, connections } = settings;
  const software = [`PostgreSQL ${machine.postgresql}`, `Redis ${machine.redis}`];
  return [
    `${count} rounds, sides in turn, ${seconds} s each part, ${connections} connections, ${began.slice(0, 10)}, commit ${machine.commit}.`,
    `${describeBriefly(machine, ...software)} express ${machine.express}; ${machine.go}, gin ${machine.gin}.`,
  ];
}

function targets(rounds: readonly SideResult[]): string {
  const rows = targetsOf(rounds).map((target) => {
    const limit = `${target.better === "higher" ? "≥" : "≤"} ${target.limit}`;
    return `| ${target.title} | ${limit} | ${show(target.measured, target)} | ${verdict(target)} |`;
  });
  return ["**Targets**", "", "| | target | measured | kept |\n|---|--:|--:|:-:|", ...rows].join("\n");
}

function capacity(rounds: readonly SideResult[]): string {
  const rows = CAPACITY_PARTS.map((part) =>
    ratioRow(higher(PART_TITLES[part], "", 0), rounds, ({ capacity }) => capacity[part]?.perSecond),
  );
  return ["**Requests a second**", "", RATIO_HEADER, ...rows].join("\n");
}

function efficiency(rounds: readonly SideResult[]): string {
  const rows = CAPACITY_PARTS.map((part) =>
    ratioRow(higher(PART_TITLES[part], "", 0), rounds, ({ capacity }) => capacity[part]?.perCpuSecond),
  );
  return ["**Requests for a second of CPU time of the server's process**", "", RATIO_HEADER, ...rows].join("\n");
}

function resources(rounds: readonly SideResult[]): string {
  const cores = (part: CapacityPart, who: "server" | "load" | "machine", title: string) =>
    ratioRow(lower(title, "", 2), rounds, ({ capacity }) => capacity[part]?.cores[who]);
  const rows = [
    cores("cachedRead", "server", "cores of the server, cached read"),
    cores("mix", "server", "cores of the server, mix"),
    cores("mix", "load", "cores of the load generator, mix"),
    cores("mix", "machine", "cores of everything on the machine, mix"),
    ratioRow(higher("reads from the cache, mix", "%", 1), rounds, hitShare),
    ratioRow(lower("resident memory of the server, most", "MiB", 0), rounds, ({ memoryPeak }) => memoryPeak),
  ];
  return ["**What it takes**", "", RATIO_HEADER, ...rows].join("\n");
}

function hitShare({ capacity: { mix } }: SideResult): number | undefined {
  const hits = mix?.operations.cachedRead?.requests;
  return hits === undefined ? undefined : (100 * hits) / (hits + (mix?.operations.uncachedRead?.requests ?? 0));
}

function ratioRow(text: FigureText, rounds: readonly SideResult[], read: Read): string {
  const cells = SIDES.map((side) => show(spreadOf(valuesOf(side, rounds, read)), text));
  const ratios = TWINS.map((twin) => showRatio(ratioOf(pairsOf(twin, rounds, read)), text));
  return `| ${[heading(text), ...cells, ...ratios].join(" | ")} |`;
}

function valuesOf(side: Side, rounds: readonly SideResult[], read: Read): readonly number[] {
  return rounds.filter((one) => one.side === side).flatMap((one) => read(one) ?? []);
}

/** Rounds in which both the service and the twin have the figure. */
export function pairsOf(twin: Side, rounds: readonly SideResult[], read: Read): readonly Pair[] {
  return rounds
    .filter(({ side }) => side === "service")
    .flatMap((mine) => {
      const other = rounds.find(({ round, side }) => round === mine.round && side === twin);
      const [ours, theirs] = [read(mine), other === undefined ? undefined : read(other)];
      return ours === undefined || theirs === undefined ? [] : [{ ours, theirs }];
    });
}

function latencies(part: RatePart, rounds: readonly SideResult[]): string {
  const rates = SIDES.map((side) =>
    show(spreadOf(valuesOf(side, rounds, ({ atRate }) => atRate[part]?.rate)), { digits: 0 }),
  );
  const rows = OPERATIONS.map((operation) => {
    const cells = SIDES.map((side) => latencyCell(part, operation, rounds, side));
    return `| ${[PART_TITLES[operation], ...cells].join(" | ")} |`;
  });
  const title = `**${RATE_TITLES[part]}**: milliseconds from when a request was due to its answer, median / 99 % / longest`;
  return [title, "", LATENCY_HEADER, `| requests a second | ${rates.join(" | ")} |`, ...rows].join("\n");
}

/** Medians of the rounds, and the longest of all of them. */
function latencyCell(part: RatePart, operation: Operation, rounds: readonly SideResult[], side: Side): string {
  const found = rounds
    .filter((one) => one.side === side)
    .flatMap(({ atRate }) => atRate[part]?.operations[operation] ?? []);
  const p50 = spreadOf(found.map((one) => one.p50))?.median;
  const p99 = spreadOf(found.map((one) => one.p99))?.median;
  const most = spreadOf(found.map((one) => one.most))?.most;
  const numbers = [p50, p99, most].flatMap((value) => (value === undefined ? [] : [format(value, 1)]));
  return numbers.length === 0 ? "–" : numbers.join(" / ");
}

function lateness(rounds: readonly SideResult[]): readonly string[] {
  const found = rounds.flatMap(({ lateness }) => lateness ?? []);
  if (found.length === 0) return [];
  const of = (read: (one: (typeof found)[number]) => number) => show(spreadOf(found.map(read)), { digits: 0 });
  const tasks = found.reduce((sum, one) => sum + one.tasks, 0);
  return [
    `**Delayed tasks** begin late by ${of(({ p50 }) => p50)} ms (median), ${of(({ p99 }) => p99)} ms (99 %), ${of(({ most }) => most)} ms (longest); ${format(tasks, 0)} tasks, beside the mix at the sources' load.`,
  ];
}

function excluded(rounds: readonly SideResult[]): readonly string[] {
  const lines = rounds.flatMap(({ round, side, problems }) =>
    problems.map((problem) => `- round ${round}, ${side}, ${problem}`),
  );
  return lines.length === 0 ? [] : [`What does not count:\n\n${lines.join("\n")}`];
}
