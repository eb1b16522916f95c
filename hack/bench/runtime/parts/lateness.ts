import { setTimeout as delay } from "node:timers/promises";
import { percentile } from "../../statistics.ts";
import { mixWithTasks } from "../mix.ts";
import type { Lateness } from "../results.ts";
import type { PartContext } from "./context.ts";

/** Milliseconds: tasks are due at most 2.5 s after the last one was scheduled. */
const PATIENCE_MS = 15_000;
const EVERY_MS = 500;

/** Milliseconds by which tasks that have ended began late, and how many have not ended. */
export type LookAtTasks = () => Promise<{ readonly late: readonly number[]; readonly open: number }>;

/** Schedules tasks beside the mix at the sources' load, and waits until all of them have ended. */
export async function measureLateness(context: PartContext, look: LookAtTasks): Promise<Lateness | undefined> {
  const { rate, tasksPerSecond } = context.settings;
  const requestsPerTask = Math.max(1, Math.round(rate / tasksPerSecond));
  const pattern = mixWithTasks(requestsPerTask);
  const sent = await context.send("tasks", { pattern, rate: rate + rate / requestsPerTask });
  const { late, open } = await untilEnded(look, context.signal);
  if (open > 0) context.problem(`tasks: ${open} have not ended ${PATIENCE_MS / 1000} s later`);
  if (sent === undefined || open > 0) return undefined;
  const at = (share: number) => percentile(late, share) ?? Number.NaN;
  return { tasks: late.length, p50: at(0.5), p99: at(0.99), most: at(1) };
}

async function untilEnded(look: LookAtTasks, signal: AbortSignal): ReturnType<LookAtTasks> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen.open === 0 || performance.now() > end) return seen;
    await delay(EVERY_MS, undefined, { signal });
  }
}
