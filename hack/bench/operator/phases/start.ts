import { setTimeout as delay } from "node:timers/promises";
import { memoryOf } from "../../usage.ts";
import type { Contender } from "../contender.ts";
import type { BenchControlPlane } from "../control-plane.ts";
import type { Figures } from "../figures.ts";
import { createUnrelated } from "../unrelated.ts";

/** After this long at rest, memory is what it stays. */
const SETTLE_MS = 10_000;

/** Sees a fresh process become ready with nothing to do, and what objects of others cost it. They stay. */
export async function start(
  contender: Contender,
  { client }: BenchControlPlane,
  signal: AbortSignal,
): Promise<Figures> {
  await contender.ready(signal);
  const startSeconds = contender.age;
  await delay(SETTLE_MS, undefined, { signal });
  const memoryEmpty = memoryOf(contender.pid).resident;
  await createUnrelated(client, signal);
  await delay(SETTLE_MS, undefined, { signal });
  return { startSeconds, memoryEmpty, memoryUnrelated: memoryOf(contender.pid).resident - memoryEmpty };
}
