import { wholeNumber } from "../live/numbers.ts";

export interface FuzzSettings {
  /** Decides which requests are made; with the same one, mostly the same are. */
  readonly seed: number;
  /** Generated requests for each operation and each way to generate them, at most. */
  readonly examples: number;
  /** For how long requests are made, ever others; undefined to end once the examples are done. */
  readonly seconds: number | undefined;
}

const MOST_SEED = 2 ** 32 - 1;

/** From SEED, EXAMPLES and FUZZ_SECONDS. Throws a sentence that names the one that is wrong. */
export function fuzzSettings(
  environment: Readonly<Record<string, string | undefined>>,
  anySeed: () => number,
): FuzzSettings {
  return {
    seed: wholeNumber("SEED", environment["SEED"], { fallback: anySeed(), most: MOST_SEED }),
    examples: wholeNumber("EXAMPLES", environment["EXAMPLES"], { fallback: 30, most: 100_000 }),
    seconds: seconds(environment["FUZZ_SECONDS"]),
  };
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  return wholeNumber("FUZZ_SECONDS", text, { fallback: 1, most: 86_400 });
}

/** A seed that is short enough to be typed. */
export function anySeed(random: () => number = Math.random): number {
  return 1 + Math.floor(random() * 999_999);
}
