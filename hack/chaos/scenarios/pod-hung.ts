import { signalContainer } from "../faults/container-processes.ts";
import type { Scenario } from "../scenario.ts";

export const podHung: Scenario = {
  name: "pod-hung",
  what: "every process of the primary's pod is stopped, and nobody resumes them",
  limits: { medianGapMs: 25_000, redundancyMs: 60_000 },
  strike: async (_field, { primary }) => {
    signalContainer(primary.containerId, "SIGSTOP");
    return undefined;
  },
};
