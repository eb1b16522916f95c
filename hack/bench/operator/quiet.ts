import { setTimeout as delay } from "node:timers/promises";
import type { Contender } from "./contender.ts";

/** Longer than either operator waits before it looks at its own writes once more. */
const QUIET_MS = 4_000;
const EVERY_MS = 1_000;
const TIMEOUT_MS = 600_000;

/** Waits until an operator has had nothing to do for a while. Throws when it does not come to rest. */
export async function untilQuiet(contender: Contender, signal: AbortSignal): Promise<void> {
  const end = performance.now() + TIMEOUT_MS;
  let reconciles = -1;
  let since = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const now = await contender.counters();
    if (now.busy > 0 || now.reconciles !== reconciles) {
      reconciles = now.reconciles;
      since = performance.now();
    }
    if (performance.now() - since >= QUIET_MS) return;
    if (performance.now() > end)
      throw new Error(`the operator does not come to rest within ${TIMEOUT_MS / 60_000} minutes`);
    await delay(EVERY_MS);
  }
}
