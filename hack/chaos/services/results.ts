import type { ServiceLimits } from "./scenario.ts";

/** What came of one round. Times in milliseconds. */
export interface ServiceRound {
  readonly began: string;
  /** Longest time without an acknowledged write, from the fault until every member is whole. */
  readonly gapMs: number;
  /** From the fault to every member having what it is to have. */
  readonly redundancyMs: number;
  readonly acknowledged: number;
  /** A sentence for each write that was refused, not answered or lost, and each read that was older than it may be. */
  readonly wrong: readonly string[];
}

export interface ServiceScenarioResults {
  readonly name: string;
  readonly what: string;
  readonly limits: ServiceLimits;
  readonly rounds: readonly ServiceRound[];
}
