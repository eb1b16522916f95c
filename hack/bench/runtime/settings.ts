import { wholeNumber } from "../../live/numbers.ts";
import { type Environment, oneOf, yes } from "../settings.ts";
import { CAPACITY_PARTS, type CapacityPart, RATE_PARTS, type RatePart, SIDES, type Side } from "./results.ts";

export const PARTS = [...CAPACITY_PARTS, ...RATE_PARTS, "tasks"] as const;
export type Part = CapacityPart | RatePart | "tasks";

/** What a run of the benchmark is told. */
export interface Settings {
  readonly rounds: number;
  /** Of each part. */
  readonly seconds: number;
  /** Requests under way at once, where each is followed by the next one. */
  readonly connections: number;
  /** Requests a second that are taken for the load of the sources. */
  readonly rate: number;
  /** Delayed tasks that come due each second. */
  readonly tasksPerSecond: number;
  readonly sides: readonly Side[];
  readonly parts: readonly Part[];
  /** Folder for CPU profiles of the project's server, which then runs alone. */
  readonly profile: string | undefined;
  /** File that the raw results go to. */
  readonly results: string;
  /** Whether the results go into docs/benchmarks.md as well. */
  readonly record: boolean;
}

/**
 * Reads the variables that `make bench-runtime` passes on. `folder`: where results go that have no name of their own.
 *
 * @throws Error with a sentence that names the variable.
 */
export function readSettings(env: Environment, folder: string): Settings {
  const profile = env["PROFILE"] || undefined;
  return {
    rounds: wholeNumber("ROUNDS", env["ROUNDS"], { fallback: 5, most: 100 }),
    seconds: wholeNumber("SECONDS_A_PART", env["SECONDS_A_PART"], { fallback: 10, most: 600 }),
    connections: wholeNumber("CONNECTIONS", env["CONNECTIONS"], { fallback: 32, most: 500 }),
    rate: wholeNumber("RATE", env["RATE"], { fallback: 200, most: 100_000 }),
    tasksPerSecond: wholeNumber("TASKS", env["TASKS"], { fallback: 100, most: 1_000 }),
    sides: profile === undefined ? oneOf("SIDE", env["SIDE"], SIDES) : ["service"],
    parts: parts(env["PARTS"]),
    profile,
    results: env["RESULTS"] || `${folder}/runtime.json`,
    record: yes("RECORD", env["RECORD"]),
  };
}

function parts(names: string | undefined): readonly Part[] {
  if (names === undefined || names === "") return PARTS;
  const chosen = new Set(names.split(/[\s,]+/).filter(Boolean));
  const unknown = [...chosen].filter((name) => !(PARTS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`PARTS has ${unknown.join(", ")}: give some of ${PARTS.join(", ")}`);
  if (chosen.has("half") && !chosen.has("mix")) {
    throw new Error("PARTS has half without mix: half of what a side can do is known only after its mix");
  }
  return PARTS.filter((part) => chosen.has(part));
}
