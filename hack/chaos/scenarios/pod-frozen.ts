import { anotherPrimary } from "../faults/another-primary.ts";
import { signalContainer } from "../faults/container-processes.ts";
import type { Scenario } from "../scenario.ts";

/**
 * Resumed in the worst moment: its successor has just begun, and the other replica may not have turned to that one yet.
 */
export const podFrozen: Scenario = {
  name: "pod-frozen",
  what: "every process of the primary's pod is stopped, and goes on as soon as another primary has acknowledged a write",
  limits: { medianGapMs: 25_000, redundancyMs: 60_000 },
  strike: async ({ ledger }, { primary }) => {
    signalContainer(primary.containerId, "SIGSTOP");
    const mark = ledger.mark();
    return {
      lasted: () => anotherPrimary(ledger, mark, primary.address),
      undo: async () => signalContainer(primary.containerId, "SIGCONT"),
    };
  },
};
