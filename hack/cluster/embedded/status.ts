import { type ApiEndpoint, getJson } from "./api.ts";
import { openCgroups } from "./cgroups.ts";
import { clusterPaths } from "./paths.ts";
import { planCluster } from "./plan.ts";
import { findProcess, recordedProcesses } from "./processes.ts";
import { readState } from "./state.ts";

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** The state of a cluster in lines for people. */
export async function describe(cache: string, name: string): Promise<string> {
  const state = readState(cache, name);
  if (state === undefined) return `cluster ${name}: not up`;
  const paths = clusterPaths(cache, name);
  const plan = planCluster(name, state.slot, state.nodes);
  const recorded = recordedProcesses(paths);
  const ended = recorded.filter((process) => findProcess(process, paths) === undefined);
  const members = openCgroups().members((group) => group.startsWith(`${plan.prefix}-`)).length;
  const ready = await readiness({ server: plan.apiUrl, pki: paths.pki });
  const cure = state.phase === "up" ? "run up again to start them" : "run up again to begin anew";
  return [
    `cluster ${name}: ${state.phase === "up" ? "up" : "left by an interrupted start, run up again"}`,
    `API server: ${plan.apiUrl}`,
    `kubeconfig: ${paths.kubeconfig}`,
    `logs: ${paths.logs}`,
    `processes: ${members}, ${recorded.length - ended.length} of them the cluster's own`,
    ...(ended.length > 0 ? [`ended: ${ended.join(", ")} (${cure})`] : []),
    "nodes (NodePorts answer on these addresses):",
    ...plan.nodes.map((node) => `  ${node.name}  ${node.address}  ${ready.get(node.name) ?? "unknown"}`),
  ].join("\n");
}

async function readiness(endpoint: ApiEndpoint): Promise<ReadonlyMap<string, string>> {
  try {
    const { items } = await getJson<NodeList>(endpoint, "/api/v1/nodes");
    return new Map(
      items.map((item) => {
        const condition = item.status.conditions.find((each) => each.type === "Ready");
        return [item.metadata.name, condition?.status === "True" ? "Ready" : "NotReady"];
      }),
    );
  } catch {
    return new Map();
  }
}
