import { setTimeout as delay } from "node:timers/promises";
import { setNodeLink } from "../faults/node-link.ts";
import { switchOver } from "../faults/switchover.ts";
import { controlPlaneNode } from "../field.ts";
import type { Scenario } from "../scenario.ts";

/** Longer than a failover takes, shorter than it takes Kubernetes to give up the node's pods. */
const CUT_OFF_MS = 40_000;

export const nodeCutOff: Scenario = {
  name: "node-cut-off",
  what: `the primary's node loses its network for ${CUT_OFF_MS / 1000} s, with writers on both sides`,
  limits: { medianGapMs: 25_000, redundancyMs: 60_000 },
  prepare: async (field, members) => {
    const away = controlPlaneNode(field);
    if (members.primary.node !== away) return;
    const candidate = members.replicas.find(({ node }) => node !== away);
    if (candidate === undefined)
      throw new Error(`every instance runs on ${away}, which cannot be cut off: use NODES=3`);
    await switchOver(field, members, candidate.pod);
  },
  strike: async ({ plan }, { primary }) => {
    await setNodeLink(plan, primary.node, "down");
    return { lasted: () => delay(CUT_OFF_MS), undo: () => setNodeLink(plan, primary.node, "up") };
  },
};
