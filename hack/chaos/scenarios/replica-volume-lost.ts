import { killPod } from "../faults/kill-pod.ts";
import type { Scenario } from "../scenario.ts";

export const replicaVolumeLost: Scenario = {
  name: "replica-volume-lost",
  what: "a replica is lost with its volume",
  limits: { worstGapMs: 5000, redundancyMs: 60_000, keepsPrimary: true },
  strike: async (field, { replicas: [replica] }) => {
    if (replica === undefined) throw new Error("there is no replica to lose");
    const { kubectl, namespace } = field;
    await kubectl.run(["delete", "pvc", `data-${replica.pod}`, "-n", namespace, "--wait=false"]);
    await killPod(field, replica.pod);
    return undefined;
  },
};
