import { type Environment, oneOf, yes } from "../bench/settings.ts";
import { wholeNumber } from "../live/numbers.ts";
import type { Scenario } from "./scenario.ts";

export interface ChaosSettings {
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  /** Kill the operator in the moment of each fault. */
  readonly operatorKilled: boolean;
  /** Leave the cluster as it is at the end. */
  readonly keep: boolean;
  readonly record: boolean;
}

/** Throws a sentence that names the setting that is wrong. */
export function readSettings(env: Environment, all: readonly Scenario[]): ChaosSettings {
  const wanted = oneOf(
    "CHAOS",
    env["CHAOS"],
    all.map(({ name }) => name),
  );
  return {
    scenarios: all.filter(({ name }) => wanted.includes(name)),
    rounds: wholeNumber("ROUNDS", env["ROUNDS"], { fallback: 10, most: 1000 }),
    operatorKilled: yes("OPERATOR", env["OPERATOR"]),
    keep: yes("KEEP", env["KEEP"]),
    record: yes("RECORD", env["RECORD"]),
  };
}
