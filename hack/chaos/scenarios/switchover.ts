import { switchOver } from "../faults/switchover.ts";
import type { Scenario } from "../scenario.ts";

export const switchover: Scenario = {
  name: "switchover",
  what: "another instance is made the primary, as before maintenance",
  limits: { medianGapMs: 3000, redundancyMs: 60_000 },
  strike: async (field, members) => {
    const [candidate] = members.replicas;
    if (candidate === undefined) throw new Error("there is no replica to switch over to");
    await switchOver(field, members, candidate.pod);
    return undefined;
  },
};
