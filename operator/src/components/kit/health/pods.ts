import type { V1ContainerStatus, V1PodSpec, V1PodStatus } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../kubernetes.ts";

/**
 * What keeps a pod from running. Messages name no reason or count that moves while the cause stays (ErrImagePull and
 * ImagePullBackOff take turns): a status that changes with each try tells nothing new.
 */
export interface PodProblem {
  /** A sentence that names the pod, the cause and where to look. */
  readonly message: string;
  /** Whether it needs somebody: waiting alone rarely ends it. */
  readonly lasting: boolean;
}

const IMAGE_REASONS = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"]);
const CONFIG_REASONS = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);

/** The worst problem among pods: a lasting one before one that may pass, then by the pod's name. */
export function podProblem(pods: readonly KubernetesObject[]): PodProblem | undefined {
  const problems = [...pods]
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .flatMap((pod) => problemOf(pod) ?? []);
  return problems.find((problem) => problem.lasting) ?? problems[0];
}

export function isPodReady(pod: KubernetesObject): boolean {
  const status = statusOf(pod);
  return (
    pod.metadata.deletionTimestamp === undefined &&
    (status.conditions ?? []).some((condition) => condition.type === "Ready" && condition.status === "True")
  );
}

/** Name of the first pod whose containers all run and that is not ready all the same: its probe fails. */
export function hungPod(pods: readonly KubernetesObject[]): string | undefined {
  return pods
    .filter((pod) => pod.metadata.deletionTimestamp === undefined && !isPodReady(pod))
    .filter((pod) => {
      const { containerStatuses = [] } = statusOf(pod);
      return containerStatuses.length > 0 && containerStatuses.every(({ state }) => state?.waiting === undefined);
    })
    .map(({ metadata }) => metadata.name)
    .sort()[0];
}

function problemOf(pod: KubernetesObject): PodProblem | undefined {
  const status = statusOf(pod);
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return containers.flatMap((state) => containerProblem(pod, state) ?? [])[0] ?? schedulingProblem(pod, status);
}

function containerProblem(pod: KubernetesObject, status: V1ContainerStatus): PodProblem | undefined {
  const waiting = status.state?.waiting;
  const reason = waiting?.reason ?? "";
  if (IMAGE_REASONS.has(reason)) {
    const image = imageOf(pod, status.name);
    return { message: `pod ${pod.metadata.name} cannot get its image ${image}: see its events`, lasting: true };
  }
  if (CONFIG_REASONS.has(reason)) {
    const detail = waiting?.message === undefined ? "" : `: ${waiting.message}`;
    return { message: `pod ${pod.metadata.name} cannot start (${reason})${detail}`, lasting: true };
  }
  if (reason === "CrashLoopBackOff") {
    return { message: crashMessage(pod, status), lasting: true };
  }
  return undefined;
}

function crashMessage(pod: KubernetesObject, status: V1ContainerStatus): string {
  const last = status.lastState?.terminated;
  const end = last?.reason === "OOMKilled" ? "out of memory" : `exit code ${last?.exitCode ?? "unknown"}`;
  const where = `kubectl logs -n ${pod.metadata.namespace ?? "default"} ${pod.metadata.name} -c ${status.name} --previous`;
  return `pod ${pod.metadata.name} keeps ending (${end}): see ${where}`;
}

/** Covers volumes as well: a claim that stays pending shows up as a pod that cannot be scheduled. */
function schedulingProblem(pod: KubernetesObject, status: V1PodStatus): PodProblem | undefined {
  const scheduled = (status.conditions ?? []).find((condition) => condition.type === "PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") {
    return undefined;
  }
  return {
    message: `no node takes pod ${pod.metadata.name}: ${scheduled.message ?? "no reason given"}`,
    lasting: false,
  };
}

function imageOf(pod: KubernetesObject, container: string): string {
  const spec = pod["spec"] as V1PodSpec | undefined;
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return all.find((candidate) => candidate.name === container)?.image ?? "";
}

function statusOf(pod: KubernetesObject): V1PodStatus {
  return (pod["status"] as V1PodStatus | undefined) ?? {};
}
