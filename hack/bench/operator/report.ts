import { format, heading, show, showRatio } from "../cells.ts";
import type { FigureText } from "../figure.ts";
import { describeBriefly } from "../machine.ts";
import { type Pair, percentile, ratioOf, spreadOf } from "../statistics.ts";
import { FIGURE_GROUPS, type FigureName } from "./figures.ts";
import { counts, type Results, SIDES, type Side, type SideResult } from "./results.ts";

const HEADER = "| | operator | controller-runtime | ratio |\n|---|--:|--:|--:|";

/** Tables in Markdown, one a group of figures, and what the numbers rest on. */
export function report(results: Results): string {
  const valid = results.rounds.filter(counts);
  const tables = FIGURE_GROUPS.map(({ title, figures }) => {
    const rows = Object.entries<FigureText>(figures).map(([name, text]) => row(name as FigureName, text, valid));
    return [`**${title}**`, "", HEADER, ...rows].join("\n");
  });
  return [basis(results, valid), ...tables, ...pooled(valid), ...excluded(results.rounds)].join("\n\n");
}

function basis({ settings, machine, began }: Results, valid: readonly SideResult[]): string {
  const rounds = SIDES.map((side) => valid.filter((one) => one.side === side).length);
  const { platforms, objectsPerPlatform, concurrency, twinAtOnce } = settings;
  return [
    `${platforms} platforms of ${objectsPerPlatform} objects, ${concurrency} workers (the twin applies ${twinAtOnce} objects of a platform at once), rounds that count: ` +
      `${rounds[0]} of the operator and ${rounds[1]} of the twin, alternating, ${began.slice(0, 10)}, ` +
      `commit ${machine.commit}.`,
    `${describeBriefly(machine, `Kubernetes ${machine.kubernetes}`)} ${machine.go}, controller-runtime ${machine.controllerRuntime}.`,
  ].join("\n\n");
}

function row(name: FigureName, text: FigureText, valid: readonly SideResult[]): string {
  const cells = SIDES.map((side) => show(spreadOf(valuesOf(name, side, valid)), text));
  const ratio = ratioOf(pairsOf(name, valid));
  return `| ${heading(text)} | ${cells.join(" | ")} | ${showRatio(ratio, text)} |`;
}

function valuesOf(name: FigureName, side: Side, valid: readonly SideResult[]): readonly number[] {
  return valid.filter((one) => one.side === side).flatMap(({ figures }) => figures[name] ?? []);
}

/** Rounds in which both sides have the figure. */
export function pairsOf(name: FigureName, valid: readonly SideResult[]): readonly Pair[] {
  return valid
    .filter(({ side }) => side === "operator")
    .flatMap(({ round, figures: { [name]: ours } }) => {
      const other = valid.find((one) => one.round === round && one.side === "twin");
      const theirs = other?.figures[name];
      return ours === undefined || theirs === undefined ? [] : [{ ours, theirs }];
    });
}

/** A percentile of one round rests on few edits; that of all rounds together on enough. */
function pooled(valid: readonly SideResult[]): readonly string[] {
  const lines = SIDES.flatMap((side) => {
    const all = valid.filter((one) => one.side === side).flatMap(({ corrections }) => corrections);
    if (all.length === 0) return [];
    const at = (share: number) => format(percentile(all, share) ?? Number.NaN, 1);
    return [`- ${side}: ${all.length} edits, median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`];
  });
  return lines.length === 0 ? [] : [`Edits of all rounds together:\n\n${lines.join("\n")}`];
}

function excluded(rounds: readonly SideResult[]): readonly string[] {
  const lines = rounds
    .filter((one) => !counts(one))
    .map(({ round, side, problems, complete }) => {
      const why = complete ? problems : [...problems, "interrupted"];
      return `- round ${round}, ${side}: ${why.join("; ")}`;
    });
  return lines.length === 0 ? [] : [`Rounds that do not count:\n\n${lines.join("\n")}`];
}
