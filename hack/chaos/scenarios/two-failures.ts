import { killPod } from "../faults/kill-pod.ts";
import type { Scenario } from "../scenario.ts";

export const twoFailures: Scenario = {
  name: "two-failures",
  what: "the pods of the primary and of a replica are deleted at once with no time to end",
  limits: { redundancyMs: 60_000 },
  strike: async (field, { primary, replicas: [replica] }) => {
    if (replica === undefined) throw new Error("there is no replica to kill");
    await killPod(field, primary.pod, replica.pod);
    return undefined;
  },
};
