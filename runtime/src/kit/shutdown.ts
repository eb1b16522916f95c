import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { StoppedError } from "./errors.ts";
import type { Logger } from "./log.ts";
import { withTimeout } from "./retry.ts";

export interface ShutdownStep {
  readonly name: string;
  /** @param left milliseconds of the grace period, at the end of which the step is given up */
  run(left: number): Promise<void> | void;
}

export interface ShutdownOptions {
  readonly log: Logger;
  /** Milliseconds from the signal to the exit. */
  readonly gracePeriod: number;
  /** Milliseconds between failing readiness and the first step; by default a fifth of the grace period, at most 3 s. */
  readonly drainDelay?: number;
  /** Makes readiness fail. */
  startDraining(): void;
  /** Run one after the other: what takes work in first, connections last. */
  readonly steps: readonly ShutdownStep[];
}

const longestDrainDelay = 3_000;

/**
 * Ends the service without losing what is in flight. Readiness fails first, and for a while nothing else happens:
 * proxies keep sending requests until they have heard of it.
 *
 * @returns false when a step failed or the grace period ran out before it
 */
export async function shutDown(options: ShutdownOptions): Promise<boolean> {
  const { log, gracePeriod, steps } = options;
  const deadline = performance.now() + gracePeriod;
  options.startDraining();
  log.info({ gracePeriodMs: gracePeriod }, "shutting down: readiness now fails");
  await sleep(options.drainDelay ?? Math.min(longestDrainDelay, gracePeriod / 5));
  let clean = true;
  for (const step of steps) {
    const left = Math.max(50, deadline - performance.now());
    try {
      await withTimeout(Promise.resolve(step.run(left)), left, step.name);
      log.info({ step: step.name }, `shutting down: ${step.name}: done`);
    } catch (err) {
      clean = false;
      log.error({ step: step.name, err }, `shutting down: ${step.name}: given up`);
    }
  }
  return clean;
}

/** Aborts on the first SIGTERM or SIGINT; a second one ends the process at once. */
export function terminationSignal(log: Logger): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      log.info({ signal: name }, "asked to stop");
      controller.abort(new StoppedError(`stopped by ${name}`));
    });
  }
  return controller.signal;
}

export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
