import { measure, type Usage } from "../../usage.ts";
import type { Contender, Counters } from "../contender.ts";
import type { BenchControlPlane } from "../control-plane.ts";
import type { Settings } from "../settings.ts";
import type { Tracker } from "../tracker.ts";

/** What the parts of one side's round share. */
export interface RoundContext {
  readonly settings: Settings;
  readonly controlPlane: BenchControlPlane;
  readonly tracker: Tracker;
  /** Of all platforms. */
  readonly names: readonly string[];
  /** Objects that each platform must have in the end. */
  readonly objectsPerPlatform: number;
  readonly contender: Contender;
  /** Takes why the round does not count. */
  readonly problem: (text: string) => void;
  readonly signal: AbortSignal;
}

export type MeasuredProcess = "operator" | "apiServer" | "etcd" | "generator";

/** Begins to measure everything that takes part. */
export function measureAll({ contender, controlPlane }: RoundContext): () => Usage<MeasuredProcess> {
  return measure({ ...controlPlane.pids, operator: contender.pid, generator: process.pid });
}

export function since(before: Counters, after: Counters): Counters {
  const names = Object.keys(before) as (keyof Counters)[];
  return Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as unknown as Counters;
}
