import type { KubernetesObject } from "../../../kubernetes.ts";
import type { ComponentHealth, ObservedComponent } from "../../component.ts";
import { hungPod, podProblem } from "./pods.ts";

/** What Deployments and StatefulSets say alike. */
export interface WorkloadStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
}

/**
 * Health of a workload that keeps `wanted` pods running. It is ready when its controller has seen the latest
 * specification, every pod is of the latest version and ready, and no pod of an older version is left.
 */
export function workloadHealth(
  observed: ObservedComponent,
  kind: "Deployment" | "StatefulSet",
  name: string,
  wantedWhenAbsent: number,
): ComponentHealth {
  const workload = observed.find(kind, name);
  if (workload === undefined) {
    return { state: "Progressing", ready: 0, wanted: wantedWhenAbsent, message: `${kind} ${name} is not there yet` };
  }
  const status = (workload["status"] ?? {}) as WorkloadStatus;
  const wanted = (workload["spec"] as { readonly replicas?: number } | undefined)?.replicas ?? 1;
  const counts = { ready: Math.min(status.readyReplicas ?? 0, wanted), wanted };

  const problem = podProblem(observed.pods);
  if (problem !== undefined) {
    return { state: problem.lasting ? "Failed" : "Progressing", ...counts, message: problem.message };
  }
  if ((status.observedGeneration ?? 0) < (workload.metadata.generation ?? 0)) {
    return { state: "Progressing", ...counts, message: `${kind} ${name} was changed just now` };
  }
  const overdue = deadlineExceeded(workload);
  if (overdue !== undefined) {
    return { state: "Failed", ...counts, message: overdue };
  }
  const refused = refusedPods(workload);
  if (refused !== undefined) {
    return { state: "Progressing", ...counts, message: refused };
  }
  const updated = status.updatedReplicas ?? 0;
  if (updated < wanted) {
    return { state: "Progressing", ...counts, message: `${updated} of ${wanted} pods are of the latest version` };
  }
  if (counts.ready < wanted) {
    const hung = hungPod(observed.pods);
    const detail = hung === undefined ? "" : `: ${hung} runs and is not ready`;
    return { state: "Progressing", ...counts, message: `${counts.ready} of ${wanted} pods are ready${detail}` };
  }
  if ((status.replicas ?? 0) > wanted) {
    return { state: "Progressing", ...counts, message: `${(status.replicas ?? 0) - wanted} old pods are ending` };
  }
  return { state: "Ready", ...counts, message: "" };
}

function deadlineExceeded(workload: KubernetesObject): string | undefined {
  const condition = conditionsOf(workload).find((each) => each.reason === "ProgressDeadlineExceeded");
  return condition === undefined ? undefined : `the update makes no progress: ${condition.message ?? ""}`;
}

/**
 * Why the API server takes no pods of a Deployment, such as a quota of somebody else. Without the name of the pod, which
 * is another one with each try: a status that changes with it tells nothing new.
 */
function refusedPods(workload: KubernetesObject): string | undefined {
  const condition = conditionsOf(workload).find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  if (condition === undefined) return undefined;
  const why = (condition.message ?? "").replace(/^pods "[^"]*" is forbidden: /, "");
  return `its pods are refused: ${why}`;
}

interface WorkloadCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

function conditionsOf(workload: KubernetesObject): readonly WorkloadCondition[] {
  return (workload["status"] as { readonly conditions?: readonly WorkloadCondition[] } | undefined)?.conditions ?? [];
}
