import { type PortForward, portForward } from "../e2e/support/port-forward.ts";
import type { LiveCluster } from "./cluster.ts";
import { namespaceOf, requirePlatform } from "./platform.ts";
import { WORKLOADS, type WorkloadName } from "./workloads.ts";

/** Local ports that lead to a component. */
export interface Forward extends PortForward {
  readonly name: WorkloadName;
}

/** Forwards local ports to a component; see `portForward`. */
export async function forward(
  cluster: LiveCluster,
  name: WorkloadName,
  wanted: readonly (readonly [local: number, remote: number])[],
): Promise<Forward> {
  const { layer, kind } = WORKLOADS[name];
  if (layer === "operator") throw new Error("nothing is forwarded to the operator");
  const namespace = namespaceOf(await requirePlatform(cluster), layer);
  const { kubeconfig } = cluster;
  return { name, ...(await portForward({ kubeconfig, namespace, resource: `${kind}/${name}` }, wanted)) };
}

/** Forwards what people look at to localhost until Ctrl-C; what breaks is forwarded again by starting it anew. */
export async function forwardAll(cluster: LiveCluster, write: (text: string) => void): Promise<void> {
  const names = (Object.keys(WORKLOADS) as WorkloadName[]).filter(
    (name) => Object.keys(WORKLOADS[name].forwards).length > 0,
  );
  const forwards: Forward[] = [];
  try {
    for (const name of names) {
      const wanted = Object.entries(WORKLOADS[name].forwards).map(
        ([local, remote]) => [Number(local), remote] as const,
      );
      const one = await forward(cluster, name, wanted);
      forwards.push(one);
      for (const local of Object.keys(one.ports)) write(`${name.padEnd(12)} localhost:${local}\n`);
    }
    write("Ctrl-C ends it.\n");
    const first = await Promise.race(forwards.map(async ({ name, ended }) => (await ended, name)));
    throw new Error(`the connection to ${first} ended, because its pod went away: run "make port-forward" again`);
  } finally {
    for (const one of forwards) one.close();
  }
}
