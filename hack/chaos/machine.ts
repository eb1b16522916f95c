import { describeMachine, type Machine } from "../bench/machine.ts";
import { requiredVersion } from "../cluster/embedded/go.ts";
import { inside, type Place, query } from "./inside.ts";

export interface ChaosMachine extends Machine {
  readonly kubernetes: string;
  readonly postgresql: string;
  readonly patroni: string;
}

export async function describeChaosMachine(place: Place, pod: string): Promise<ChaosMachine> {
  const [server = ""] = await query(place, pod, "SHOW server_version");
  const patroni = await inside(place, pod, ["patroni", "--version"]);
  return {
    ...(await describeMachine(["operator", "hack/images/postgresql"])),
    kubernetes: requiredVersion("k8s.io/kubernetes"),
    postgresql: `PostgreSQL ${server.split(" ")[0] ?? ""}`,
    patroni: `Patroni ${patroni.trim().split(" ").at(-1) ?? ""}`,
  };
}
