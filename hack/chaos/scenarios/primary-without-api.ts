import { setTimeout as delay } from "node:timers/promises";
import { blockApi, unblockApi } from "../faults/api-path.ts";
import type { Scenario } from "../scenario.ts";

/** Twice what the lock is valid for. */
const BLOCKED_MS = 40_000;

/** The others reach the API server, and see the lock run out; the primary reaches them, and is told by them to go on. */
export const primaryWithoutApi: Scenario = {
  name: "primary-without-api",
  what: `the primary, and nobody else, cannot reach the Kubernetes API server for ${BLOCKED_MS / 1000} s`,
  limits: { medianGapMs: 25_000, redundancyMs: 60_000 },
  strike: async ({ plan }, { primary }) => {
    await blockApi(plan, primary);
    return { lasted: () => delay(BLOCKED_MS), undo: () => unblockApi(plan, primary) };
  },
};
