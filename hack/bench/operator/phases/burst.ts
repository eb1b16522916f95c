import type { Usage } from "../../usage.ts";
import type { Counters } from "../contender.ts";
import { untilQuiet } from "../quiet.ts";
import { problemsOf } from "./checks.ts";
import { type MeasuredProcess, measureAll, type RoundContext, since } from "./context.ts";

/** What it took to carry out changes that were sent all at once. */
export interface Burst {
  /** From the first request until the last platform was seen to be applied. */
  readonly seconds: number;
  /** Until then. */
  readonly applied: { readonly work: Counters; readonly usage: Usage<MeasuredProcess> };
  /** Until there was nothing more to do. */
  readonly settled: { readonly work: Counters; readonly usage: Usage<MeasuredProcess> };
}

const BASE_TIMEOUT_MS = 120_000;
const TIMEOUT_MS_PER_PLATFORM = 3_000;

/** Milliseconds after which an operator is taken not to come to an end with so many platforms. */
export function timeoutFor(platforms: number): number {
  return BASE_TIMEOUT_MS + TIMEOUT_MS_PER_PLATFORM * platforms;
}

/** `send` changes every platform and returns the generations that are to be applied. */
export async function burst(
  part: string,
  context: RoundContext,
  send: () => Promise<ReadonlyMap<string, number>>,
): Promise<Burst> {
  const { contender, tracker, names, signal, problem } = context;
  const before = await contender.counters();
  const usage = measureAll(context);
  const idle = performance.eventLoopUtilization();
  const began = performance.now();
  const last = await tracker.allApplied(await send(), { timeoutMs: timeoutFor(names.length), signal });
  signal.throwIfAborted();
  const { utilization } = performance.eventLoopUtilization(idle);
  const applied = { usage: usage(), work: since(before, await contender.counters()) };
  await untilQuiet(contender, signal);
  const settled = { usage: usage(), work: since(before, await contender.counters()) };
  for (const text of problemsOf(settled.work, utilization, part)) problem(text);
  return { seconds: (last - began) / 1000, applied, settled };
}

/** Cores that a process kept busy. */
export function cores({ seconds, cpu }: Usage<MeasuredProcess>, ...processes: readonly MeasuredProcess[]): number {
  return processes.reduce((sum, name) => sum + cpu[name], 0) / seconds;
}
