import { type Configuration, duration, type Environment, integer } from "../kit/config.ts";

/** Requests in flight, unless the variables say otherwise. */
const usual = { minimum: 32, maximum: 512 };

export const sheddingVariables = {
  /** Waiting time, for the event loop or for a connection to the database, above which requests are refused. */
  SHEDDING_TARGET_DELAY: duration("100ms", 10, 5_000),
  /** Requests in flight that are never refused, however long the others wait. */
  SHEDDING_MIN_IN_FLIGHT: integer(usual.minimum, 1, 10_000),
  /** Requests in flight at most, however well it goes. */
  SHEDDING_MAX_IN_FLIGHT: integer(usual.maximum, 1, 10_000),
};

export type SheddingConfiguration = Configuration<typeof sheddingVariables>;

/** What the variables have to be together, by the variable that is wrong. */
export function sheddingRules(environment: Environment): Readonly<Record<string, string>> {
  const [least, most] = ["SHEDDING_MIN_IN_FLIGHT", "SHEDDING_MAX_IN_FLIGHT"].map((name) => environment[name]);
  if (Number(least || usual.minimum) <= Number(most || usual.maximum)) return {};
  return { SHEDDING_MAX_IN_FLIGHT: "a number that is not below SHEDDING_MIN_IN_FLIGHT" };
}
