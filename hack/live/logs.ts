import { spawn } from "node:child_process";
import { OPERATOR_NAMESPACE } from "../demo/operator.ts";
import type { LiveCluster } from "./cluster.ts";
import { namespaceOf, PLATFORM, requirePlatform } from "./platform.ts";
import { WORKLOADS, type WorkloadName } from "./workloads.ts";

export interface LogOptions {
  /** Lines of each pod. */
  readonly tail: number;
  readonly follow: boolean;
}

/**
 * Prints the last lines of the pods of each component, each line with its pod in front: one component after the other,
 * as `names` has them, or all at once where they are followed.
 */
export async function showLogs(
  cluster: LiveCluster,
  names: readonly WorkloadName[],
  { tail, follow }: LogOptions,
): Promise<void> {
  const lines = ["--all-containers", "--prefix", `--tail=${tail}`];
  // kubectl follows 5 pods unless told otherwise, and the profile API may have more.
  const following = follow ? ["--follow", "--max-log-requests=50"] : [];
  const selections = await Promise.all(names.map((name) => selectionOf(cluster, name)));
  const commands = selections.map((selection) => ["logs", ...selection, ...lines, ...following]);
  if (follow) {
    await Promise.all(commands.map((command) => stream(cluster, command)));
    return;
  }
  // A component that has no logs yet, because its pod only begins, must not hide those that follow.
  const failures: unknown[] = [];
  for (const command of commands) {
    await stream(cluster, command).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

async function selectionOf(cluster: LiveCluster, name: WorkloadName): Promise<readonly string[]> {
  const { layer } = WORKLOADS[name];
  if (layer === "operator") {
    return ["--namespace", OPERATOR_NAMESPACE, "--selector=app.kubernetes.io/name=profile-platform-operator"];
  }
  const namespace = namespaceOf(await requirePlatform(cluster), layer);
  return ["--namespace", namespace, `--selector=app.kubernetes.io/name=${name},app.kubernetes.io/instance=${PLATFORM}`];
}

function stream({ kubeconfig }: LiveCluster, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("kubectl", ["--kubeconfig", kubeconfig, ...args], { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 || code === null) resolve();
      else reject(new Error(`kubectl ended with code ${code}: see its message above`));
    });
  });
}
