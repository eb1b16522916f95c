import type { V1JobStatus } from "@kubernetes/client-node";
import type { ComponentHealth, ObservedComponent } from "../../component.ts";
import { podProblem } from "./pods.ts";

/** Health of a Job of one pod: ready once it has completed. */
export function jobHealth(observed: ObservedComponent, name: string): ComponentHealth {
  const job = observed.find("Job", name);
  if (job === undefined) {
    return { state: "Progressing", ready: 0, wanted: 1, message: `Job ${name} is not there yet` };
  }
  const status = (job["status"] ?? {}) as V1JobStatus;
  const condition = (type: string) => status.conditions?.find((each) => each.type === type && each.status === "True");
  if (condition("Complete") !== undefined) {
    return { state: "Ready", ready: 1, wanted: 1, message: "" };
  }
  const failed = condition("Failed");
  if (failed !== undefined) {
    const where = `kubectl logs -n ${job.metadata.namespace ?? "default"} job/${name}`;
    const message = `Job ${name} failed (${failed.reason ?? "no reason given"}): see ${where}, then delete the Job to run it again`;
    return { state: "Failed", ready: 0, wanted: 1, message };
  }
  const problem = podProblem(observed.pods);
  if (problem !== undefined) {
    return { state: problem.lasting ? "Failed" : "Progressing", ready: 0, wanted: 1, message: problem.message };
  }
  const failures = status.failed ?? 0;
  const message = failures === 0 ? `Job ${name} is running` : `Job ${name} failed ${failures} times and tries again`;
  return { state: "Progressing", ready: 0, wanted: 1, message };
}
