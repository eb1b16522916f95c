import type { Figures } from "./figures.ts";
import type { OperatorMachine } from "./machine.ts";

export const SIDES = ["operator", "twin"] as const;
/** The project's operator, or the one on controller-runtime. */
export type Side = (typeof SIDES)[number];

/** One side in one round, on a control plane of its own. */
export interface SideResult {
  readonly round: number;
  readonly side: Side;
  readonly figures: Figures;
  /** Milliseconds from the answer to each edit until the correction was seen. */
  readonly corrections: readonly number[];
  /** Why the round does not count; empty when it does. */
  readonly problems: readonly string[];
  /** False when it was interrupted: the figures up to then are there. */
  readonly complete: boolean;
}

/** Everything that a run measured, as it is written to the file of raw results. */
export interface Results {
  readonly began: string;
  readonly machine: OperatorMachine;
  readonly settings: {
    readonly platforms: number;
    readonly objectsPerPlatform: number;
    readonly concurrency: number;
    readonly twinAtOnce: number;
    readonly restSeconds: number;
    readonly edits: number;
  };
  readonly rounds: readonly SideResult[];
}

/** What counts: complete, and without a problem. */
export function counts({ complete, problems }: SideResult): boolean {
  return complete && problems.length === 0;
}
