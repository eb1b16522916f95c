import { setTimeout as delay } from "node:timers/promises";
import type { Running } from "./launch.ts";

export interface Readiness {
  readonly running: Pick<Running, "name" | "hasEnded">;
  /** May throw, which is a no. */
  readonly isReady: () => Promise<boolean>;
  /** Milliseconds that it may take. */
  readonly within: number;
  readonly signal: AbortSignal;
}

/** Waits until a program is ready. @throws Error when it ends before, or takes too long; the signal's reason */
export async function waitReady({ running, isReady, within, signal }: Readiness): Promise<void> {
  const deadline = performance.now() + within;
  let last: unknown;
  for (;;) {
    signal.throwIfAborted();
    try {
      if (await isReady()) return;
    } catch (cause) {
      last = cause;
    }
    signal.throwIfAborted();
    if (running.hasEnded()) throw new Error(`${running.name} ended before it was ready`);
    if (performance.now() > deadline) {
      throw new Error(`${running.name} was not ready within ${within / 1000} s`, { cause: last });
    }
    await delay(50);
  }
}
