import type { Latencies } from "../../soak/latencies.ts";
import { describeBriefly } from "../machine.ts";
import type { OperatorMachine } from "../operator/machine.ts";

/** What was measured under one fault. */
export interface FaultFigures extends Latencies {
  readonly name: string;
  /** Milliseconds that the 99th percentile is held against; none without a fault. */
  readonly limitMs?: number;
}

/** What a run measured, as it is written to the file of raw results. */
export interface FaultResults {
  readonly began: string;
  readonly machine: OperatorMachine;
  /** Of ten changes at once or fewer, for each fault. */
  readonly rounds: number;
  readonly figures: readonly FaultFigures[];
}

/** The results as a page: a row a fault. Without a fault there is a row for each file of tests. */
export function reportFaults({ began, machine, rounds, figures }: FaultResults): string {
  const rows = figures.map(({ name, changes, missed, p50, p99, max, limitMs }) => {
    const kept = limitMs === undefined ? "" : p99 <= limitMs && missed === 0 ? `${limitMs} ✓` : `${limitMs} ✗`;
    return `| ${[name, changes, missed, p50, p99, max, kept].join(" | ")} |`;
  });
  return [
    `Ten changes at once (of what is slow by itself two or four), ${rounds} rounds, ${began.slice(0, 10)}, commit ${machine.commit}.`,
    "",
    describeBriefly(machine, `Kubernetes ${machine.kubernetes}`),
    "",
    "| fault | changes | missed | median, ms | 99 %, ms | longest, ms | limit for 99 %, ms |",
    "|---|--:|--:|--:|--:|--:|--:|",
    ...rows,
  ].join("\n");
}
