import { wholeNumber } from "../../live/numbers.ts";
import { type Environment, oneOf, yes } from "../settings.ts";
import { SIDES, type Side } from "./results.ts";

/** What a run of the benchmark is told. */
export interface Settings {
  readonly platforms: number;
  readonly rounds: number;
  /** Workers of each operator. */
  readonly concurrency: number;
  /** Objects of one platform that the twin applies at once. */
  readonly twinAtOnce: number;
  /** Seconds that each operator is watched at rest. */
  readonly restSeconds: number;
  /** Edits of children in each round, one every 200 ms. */
  readonly edits: number;
  readonly sides: readonly Side[];
  /** Folder for CPU profiles of the project's operator, which then runs alone. */
  readonly profile: string | undefined;
  /** File that the raw results go to. */
  readonly results: string;
  /** Whether the results go into docs/benchmarks.md as well. */
  readonly record: boolean;
}

/**
 * Reads the variables that `make bench-operator` passes on. `folder`: where results go that have no name of their own.
 *
 * @throws Error with a sentence that names the variable.
 */
export function readSettings(env: Environment, folder: string): Settings {
  const platforms = wholeNumber("PLATFORMS", env["PLATFORMS"], { fallback: 100, most: 5_000 });
  const profile = env["PROFILE"] || undefined;
  return {
    platforms,
    rounds: wholeNumber("ROUNDS", env["ROUNDS"], { fallback: 5, most: 100 }),
    concurrency: wholeNumber("CONCURRENCY", env["CONCURRENCY"], { fallback: 4, most: 100 }),
    // As the operator: platform/apply/carry-out.ts.
    twinAtOnce: wholeNumber("TWIN_AT_ONCE", env["TWIN_AT_ONCE"], { fallback: 8, most: 100 }),
    restSeconds: wholeNumber("REST", env["REST"], { fallback: 60, most: 3_600 }),
    edits: wholeNumber("EDITS", env["EDITS"], { fallback: 200, most: 10_000 }),
    sides: profile === undefined ? oneOf("SIDE", env["SIDE"], SIDES) : ["operator"],
    profile,
    results: env["RESULTS"] || `${folder}/operator-${platforms}.json`,
    record: yes("RECORD", env["RECORD"]),
  };
}
