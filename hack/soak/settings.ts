import { wholeNumber } from "../live/numbers.ts";

export interface SoakSettings {
  readonly minutes: number;
  readonly platforms: number;
  readonly seed: number;
}

const MOST_SEED = 2 ** 32 - 1;

/** From MINUTES, PLATFORMS and SEED. Throws a sentence that names the one that is wrong. */
export function soakSettings(
  environment: Readonly<Record<string, string | undefined>>,
  anySeed: () => number,
): SoakSettings {
  return {
    minutes: wholeNumber("MINUTES", environment["MINUTES"], { fallback: 30, most: 10_000 }),
    platforms: wholeNumber("PLATFORMS", environment["PLATFORMS"], { fallback: 5, most: 100 }),
    seed: wholeNumber("SEED", environment["SEED"], { fallback: anySeed(), most: MOST_SEED }),
  };
}
