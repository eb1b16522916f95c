import type { V1JobStatus } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../kubernetes.ts";
import type { ComponentHealth, ObservedComponent } from "../../component.ts";
import { podProblem } from "./pods.ts";

/** Health of a Job of one pod: ready once it has completed. */
export function jobHealth(observed: ObservedComponent, name: string): ComponentHealth {
  const job = observed.find("Job", name);
  if (job === undefined) {
    return { state: "Progressing", ready: 0, wanted: 1, message: `Job ${name} is not there yet` };
  }
  const end = endOfJob(job);
  if (end?.type === "Complete") {
    return { state: "Ready", ready: 1, wanted: 1, message: "" };
  }
  if (end !== undefined) {
    const where = `kubectl logs -n ${job.metadata.namespace ?? "default"} job/${name}`;
    const message = `Job ${name} failed (${end.reason ?? "no reason given"}): see ${where}, then delete the Job to run it again`;
    return { state: "Failed", ready: 0, wanted: 1, message };
  }
  const problem = podProblem(observed.pods);
  if (problem !== undefined) {
    return { state: problem.lasting ? "Failed" : "Progressing", ready: 0, wanted: 1, message: problem.message };
  }
  const { failed: failures = 0 } = statusOf(job);
  const message = failures === 0 ? `Job ${name} is running` : `Job ${name} failed ${failures} times and tries again`;
  return { state: "Progressing", ready: 0, wanted: 1, message };
}

/** How a Job has ended; undefined while it has not. */
export function endOfJob(
  job: KubernetesObject,
): { readonly type: "Complete" | "Failed"; readonly reason?: string } | undefined {
  const { conditions = [] } = statusOf(job);
  for (const type of ["Complete", "Failed"] as const) {
    const found = conditions.find((each) => each.type === type && each.status === "True");
    if (found !== undefined) return { type, ...(found.reason === undefined ? {} : { reason: found.reason }) };
  }
  return undefined;
}

function statusOf(job: KubernetesObject): V1JobStatus {
  return job["status"] ?? {};
}
