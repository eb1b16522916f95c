import { dirname } from "node:path";
import type { ClusterPlan } from "../cluster/embedded/plan.ts";
import type { ClusterProvider } from "../cluster/index.ts";
import type { Place } from "./inside.ts";
import type { Ledger } from "./ledger.ts";

/** Where the scenarios take place. */
export interface Field extends Place {
  readonly provider: ClusterProvider;
  readonly plan: ClusterPlan;
  readonly ledger: Ledger;
  /** Of PostgreSQL. */
  readonly instances: number;
}

/** The node that has the control plane: without it, more is cut off than one node. */
export function controlPlaneNode({ plan }: Field): string {
  return plan.nodes.find(({ address }) => address === plan.apiAddress)?.name ?? "";
}

/** Folder with the keys, records and volumes of the cluster. */
export function clusterFolder({ provider }: Field): string {
  return dirname(provider.kubeconfig());
}
