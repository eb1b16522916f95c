import { planCluster } from "../cluster/embedded/plan.ts";
import { readState } from "../cluster/embedded/state.ts";
import { type ClusterProvider, cacheRoot } from "../cluster/index.ts";
import type { Kubectl } from "../e2e/support/kubectl.ts";
import type { Field } from "./field.ts";
import { INSTANCES, NAMESPACE } from "./platform.ts";

/**
 * The field of a cluster of this machine's own. Throws a sentence for any other: its nodes' networks and processes are
 * out of reach.
 */
export function openField(provider: ClusterProvider, kubectl: Kubectl, name: string): Omit<Field, "ledger"> {
  const state = readState(cacheRoot(), name);
  if (provider.kind !== "embedded" || state === undefined) {
    throw new Error(`faults are made on the embedded cluster, and ${name} is none: set CLUSTER=embedded`);
  }
  const plan = planCluster(name, state.slot, state.nodes);
  return { provider, plan, kubectl, namespace: NAMESPACE, instances: INSTANCES };
}
