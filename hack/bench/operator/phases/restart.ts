import { memoryOf } from "../../usage.ts";
import type { Figures } from "../figures.ts";
import { untilQuiet } from "../quiet.ts";
import { timeoutFor } from "./burst.ts";
import { problemsOf } from "./checks.ts";
import type { RoundContext } from "./context.ts";

/** Sees a new process take over all platforms; `context` holds it, just started. */
export async function restart({ contender, names, problem, signal }: RoundContext): Promise<Figures> {
  await contender.ready(signal);
  const restartReadySeconds = contender.age;
  const timeoutMs = timeoutFor(names.length);
  await contender.until(({ reconciles }) => reconciles > 0, "reconciles", { everyMs: 20, timeoutMs, signal });
  const restartFirstSeconds = contender.age;
  const done = ({ reconciles, busy }: { readonly reconciles: number; readonly busy: number }) =>
    reconciles >= names.length && busy === 0;
  await contender.until(done, "has looked through every platform", { everyMs: 100, timeoutMs, signal });
  const restartAllSeconds = contender.age;
  await untilQuiet(contender, signal);
  const work = await contender.counters();
  for (const text of problemsOf(work, 0, "restart")) problem(text);
  return {
    restartReadySeconds,
    restartFirstSeconds,
    restartAllSeconds,
    restartRequestsPerPlatform: work.requests / names.length,
    memoryRestarted: memoryOf(contender.pid).resident,
  };
}
