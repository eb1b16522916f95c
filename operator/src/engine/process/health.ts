import type { Clock } from "../kit/clock.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Check } from "./http-server.ts";

// A failure here has the process restarted, so that each check finds what a restart mends and nothing else. An API
// server that is away, slow or refuses is none of it: then requests end with an error, and are tried again.

// A reconcile is aborted after 10 min; one that goes on heeds no abort, and its key is never worked again.
const LONGEST_RECONCILE_SECONDS = 900;
// A reflector asks again at the latest 90 s after the last byte of a watch, and gives each request 30 s.
const LONGEST_SILENCE_SECONDS = 600;
// A leader that cannot renew its lease gives up at its renew deadline, and the process ends by itself.
const LONGEST_WITHOUT_LEASE_SECONDS = 60;

/** Fails while a worker is stuck in a reconcile. */
export function workersMove(metrics: Metrics): Check {
  return () => {
    const seconds = metrics.longestRunningSeconds();
    if (seconds > LONGEST_RECONCILE_SECONDS) {
      throw new Error(`a reconcile has been running for ${Math.round(seconds)} s`);
    }
  };
}

/** Fails while a reflector neither hears anything nor asks. */
export function reflectorsAsk(metrics: Metrics): Check {
  return () => {
    const least = metrics.leastAliveReflector();
    if (least !== undefined && least.seconds > LONGEST_SILENCE_SECONDS) {
      throw new Error(`the reflector of ${least.resource} has done nothing for ${Math.round(least.seconds)} s`);
    }
  };
}

/** Fails while the process goes on as leader long after its lease ran out. `holds`: whether the lease is valid. */
export function leaderHoldsLease(leads: () => boolean, holds: () => boolean, clock: Clock): Check {
  let without: number | undefined;
  return () => {
    if (!leads() || holds()) {
      without = undefined;
      return;
    }
    without ??= clock.monotonic();
    const seconds = (clock.monotonic() - without) / 1000;
    if (seconds > LONGEST_WITHOUT_LEASE_SECONDS) {
      throw new Error(`the lease ran out at least ${Math.round(seconds)} s ago, and the process still leads`);
    }
  };
}
