import { monitorEventLoopDelay } from "node:perf_hooks";
import { percentile } from "../../statistics.ts";
import { type EditResult, editChildren } from "../edits.ts";
import type { Figures } from "../figures.ts";
import { problemsOf } from "./checks.ts";
import { measureAll, type RoundContext, since } from "./context.ts";

/** So many platforms' children are edited, whatever the number of platforms. */
const EDITED_PLATFORMS = 20;
/** Of the loop of this process, which times the corrections. */
const MAX_LOOP_DELAY_MS = 50;

export interface Edits extends Pick<EditResult, "corrections"> {
  readonly figures: Figures;
}

/** Edits children at a gentle rate and times the corrections. */
export async function edit(context: RoundContext): Promise<Edits> {
  const { contender, controlPlane, names, settings, signal, problem } = context;
  const step = Math.max(1, Math.floor(names.length / EDITED_PLATFORMS));
  const edited = names.filter((_, i) => i % step === 0).slice(0, EDITED_PLATFORMS);
  const before = await contender.counters();
  const usage = measureAll(context);
  const idle = performance.eventLoopUtilization();
  using loopDelay = monitorEventLoopDelay({ resolution: 5 });
  loopDelay.enable();
  const { corrections, missed } = await editChildren(controlPlane.client, edited, settings.edits, signal);
  signal.throwIfAborted();
  const { cpu } = usage();
  const { utilization } = performance.eventLoopUtilization(idle);
  const work = since(before, await contender.counters());
  if (missed > 0) problem(`edits: ${missed} of ${settings.edits} were not put right within 10 s`);
  const delayMs = loopDelay.percentile(99) / 1e6;
  if (delayMs > MAX_LOOP_DELAY_MS) problem(`edits: the clock was up to ${delayMs.toFixed(0)} ms late`);
  for (const text of problemsOf(work, utilization, "edits")) problem(text);
  return {
    corrections,
    figures: {
      ...named("editMedian", percentile(corrections, 0.5)),
      ...named("editP99", percentile(corrections, 0.99)),
      editCpu: (cpu.operator * 1000) / settings.edits,
    },
  };
}

function named(name: "editMedian" | "editP99", value: number | undefined): Figures {
  return value === undefined ? {} : { [name]: value };
}
