import { type Environment, oneOf, yes } from "../bench/settings.ts";
import { wholeNumber } from "../live/numbers.ts";
import type { Scenario } from "./scenario.ts";
import type { ServiceScenario } from "./services/scenario.ts";

export interface ChaosSettings {
  readonly scenarios: readonly Scenario[];
  readonly services: readonly ServiceScenario[];
  readonly rounds: number;
  /** Kill the operator in the moment of each fault. */
  readonly operatorKilled: boolean;
  /** Leave the cluster as it is at the end. */
  readonly keep: boolean;
  readonly record: boolean;
}

/** Throws a sentence that names the setting that is wrong. */
export function readSettings(
  env: Environment,
  { scenarios, services }: Pick<ChaosSettings, "scenarios" | "services">,
): ChaosSettings {
  const names = [...scenarios, ...services].map(({ name }) => name);
  const wanted = oneOf("CHAOS", env["CHAOS"], names);
  return {
    scenarios: scenarios.filter(({ name }) => wanted.includes(name)),
    services: services.filter(({ name }) => wanted.includes(name)),
    rounds: wholeNumber("ROUNDS", env["ROUNDS"], { fallback: 10, most: 1000 }),
    operatorKilled: yes("OPERATOR", env["OPERATOR"]),
    keep: yes("KEEP", env["KEEP"]),
    record: yes("RECORD", env["RECORD"]),
  };
}
