import { type Spread, spreadOf } from "../statistics.ts";
import type { AtRate, CapacityPart, RatePart, Side, SideResult } from "./results.ts";

/** What is to be reached, and what was measured of it. */
export interface Target {
  readonly title: string;
  readonly limit: number;
  readonly better: "higher" | "lower";
  readonly digits: number;
  /** Round by round; undefined when nothing counts. */
  readonly measured: Spread | undefined;
}

/** Milliseconds that any answer may take, of a hundred the slowest left out. */
const P99_MS = 10;
/** Milliseconds between the fastest answer and that. */
const BAND_MS = 5;
const LATENESS_MS = 250;

/** Every target with what the rounds say of it. */
export function targetsOf(rounds: readonly SideResult[]): readonly Target[] {
  const ratio = (part: CapacityPart, twin: Exclude<Side, "service">, limit: number): Target => ({
    title: `${part === "mix" ? "mix" : "cached read"}, per CPU-second : ${twin} twin`,
    limit,
    better: "higher",
    digits: 2,
    measured: spreadOf(ratiosOf(rounds, part, twin)),
  });
  const slowest = (title: string, part: RatePart, limit: number, worst: (atRate: AtRate) => number): Target => ({
    title,
    limit,
    better: "lower",
    digits: 1,
    measured: spreadOf(own(rounds).flatMap(({ atRate }) => (atRate[part] === undefined ? [] : [worst(atRate[part])]))),
  });
  return [
    ratio("cachedRead", "stock", 1.8),
    ratio("mix", "stock", 1.8),
    ratio("cachedRead", "tuned", 1),
    ratio("mix", "tuned", 0.9),
    slowest("99 % of the slowest operation at half of the mix, ms", "half", P99_MS, worstP99),
    slowest("99 % of the slowest operation at the sources' load, ms", "sources", P99_MS, worstP99),
    slowest("from the fastest answer to 99 %, widest operation at the sources' load, ms", "sources", BAND_MS, widest),
    {
      title: "99 % of delayed tasks begin so late at most, ms",
      limit: LATENESS_MS,
      better: "lower",
      digits: 0,
      measured: spreadOf(own(rounds).flatMap(({ lateness }) => lateness?.p99 ?? [])),
    },
  ];
}

/** Whether every round keeps a target, or the one in the middle does. */
export function verdict({ measured, limit, better }: Target): "✓" | "mostly" | "✗" | "–" {
  if (measured === undefined) return "–";
  const keeps = (value: number) => (better === "higher" ? value >= limit : value <= limit);
  if (keeps(measured.least) && keeps(measured.most)) return "✓";
  return keeps(measured.median) ? "mostly" : "✗";
}

/** How many times a twin's requests per CPU-second the service's are, in each round in which both count. */
function ratiosOf(rounds: readonly SideResult[], part: CapacityPart, twin: Side): readonly number[] {
  return own(rounds).flatMap(({ round, capacity: { [part]: ours } }) => {
    const theirs = rounds.find((one) => one.round === round && one.side === twin)?.capacity[part];
    return ours === undefined || theirs === undefined ? [] : [ours.perCpuSecond / theirs.perCpuSecond];
  });
}

function own(rounds: readonly SideResult[]): readonly SideResult[] {
  return rounds.filter(({ side }) => side === "service");
}

function worstP99({ operations }: AtRate): number {
  return Math.max(...Object.values(operations).map(({ p99 }) => p99));
}

/** How far the answers of one operation are apart, the slowest hundredth left out. */
function widest({ operations }: AtRate): number {
  return Math.max(...Object.values(operations).map(({ p99, least }) => p99 - least));
}
