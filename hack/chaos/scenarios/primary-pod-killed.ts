import { killPod } from "../faults/kill-pod.ts";
import type { Scenario } from "../scenario.ts";

export const primaryPodKilled: Scenario = {
  name: "primary-pod-killed",
  what: "the primary's pod is deleted with no time to end",
  limits: { medianGapMs: 5000, redundancyMs: 60_000 },
  strike: async (field, { primary }) => {
    await killPod(field, primary.pod);
    return undefined;
  },
};
