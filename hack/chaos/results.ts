import type { AcknowledgedWrite } from "./acknowledged-write.ts";
import type { ChaosMachine } from "./machine.ts";
import type { Limits } from "./scenario.ts";
import type { ServiceScenarioResults } from "./services/results.ts";

/** What came of one round. Times in milliseconds. */
export interface Round {
  readonly began: string;
  /** Longest time without an acknowledged write, from the fault to full redundancy. */
  readonly gapMs: number;
  /** From the fault, or from its end, to every replica streaming. */
  readonly redundancyMs: number;
  readonly acknowledged: number;
  readonly lost: readonly AcknowledgedWrite[];
  /** Taken by a former primary after a newer one had taken something. */
  readonly acceptedByFormer: readonly AcknowledgedWrite[];
  /** Sent to a former primary before, and acknowledged by it after, a newer one had taken something. */
  readonly lateByFormer: readonly AcknowledgedWrite[];
  /** Another member became the primary. */
  readonly failedOver: boolean;
  /** How often writers met which error. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface ScenarioResults {
  readonly name: string;
  readonly what: string;
  readonly limits: Limits;
  readonly rounds: readonly Round[];
}

/** What a run measured, as it is written to the file of raw results. */
export interface ChaosResults {
  readonly began: string;
  readonly machine: ChaosMachine;
  readonly nodes: number;
  readonly instances: number;
  /** The operator was killed in the moment of each fault. */
  readonly operatorKilled: boolean;
  readonly scenarios: readonly ScenarioResults[];
  /** Of Redis and RabbitMQ. */
  readonly services: readonly ServiceScenarioResults[];
  /** Of everything that was acknowledged in the whole run, what is not there at its end. */
  readonly lostInTheEnd: readonly AcknowledgedWrite[];
}
