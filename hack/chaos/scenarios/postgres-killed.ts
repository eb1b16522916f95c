import { postmasterOf } from "../faults/container-processes.ts";
import type { Scenario } from "../scenario.ts";

export const postgresKilled: Scenario = {
  name: "postgres-killed",
  what: "the primary's server process is killed inside its pod, Patroni beside it is not",
  limits: { medianGapMs: 5000, redundancyMs: 60_000 },
  strike: async (_field, { primary }) => {
    process.kill(postmasterOf(primary.containerId), "SIGKILL");
    return undefined;
  },
};
