import { startTraffic } from "../../e2e/support/profile-traffic.ts";
import type { ServiceScenario } from "./scenario.ts";

/** The write that notices waits for up to three seconds, until no server believes what was cached. */
export const redisMasterKilled: ServiceScenario = {
  name: "redis-master-killed",
  what: "the pod of the Redis that Sentinel calls the master is deleted with no time to end",
  limits: { medianGapMs: 5000, redundancyMs: 60_000 },
  write: async (api) => {
    const traffic = startTraffic(api);
    await traffic.untilCached();
    return {
      stop: async () => {
        // Stale copies can only be found where copies are read again.
        await traffic.untilCached();
        return traffic.stop();
      },
    };
  },
  strike: async ({ redis }) => {
    await redis.pods.kill(await redis.pods.named(await redis.master()));
  },
  // One that is ready follows the master, and has all of its data.
  whole: ({ redis }) => redis.pods.untilReady(3),
};
