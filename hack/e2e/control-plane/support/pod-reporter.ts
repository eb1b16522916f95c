import { ApiError } from "@profile-platform/operator/engine/client/api-error";
import { isNetworkError } from "@profile-platform/operator/engine/transport/connect-error";
import { ConnectionLostError } from "@profile-platform/operator/engine/transport/http2-connection";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { type KubeApi, POD_TYPE } from "./kube-api.ts";

const PODS = "app.kubernetes.io/managed-by=profile-platform-operator";
const BACKUP = "profileplatform.io/backup";
const ROLE = "profileplatform.io/postgresql-role";

/** What becomes of a pod. */
export type Verdict =
  | { readonly kind: "runs" }
  | { readonly kind: "unschedulable"; readonly message: string }
  | { readonly kind: "no-image" };

export type Judge = (pod: KubernetesObject) => Promise<Verdict> | Verdict;

/**
 * Does what scheduler, kubelets and Patroni would do to the status and labels of every pod of the platforms, as soon as
 * the pod is there: a pod runs and is ready, that of a Job has succeeded, and the first one of PostgreSQL is the primary.
 * Where `judge` says otherwise, the pod says so. The status of the workloads is left to Kubernetes' own controllers.
 */
export class PodReporter {
  readonly #api: KubeApi;
  readonly #judge: Judge;
  readonly #stopped = new AbortController();
  readonly #failed = Promise.withResolvers<never>();
  readonly #work: Promise<void>;

  private constructor(api: KubeApi, judge: Judge) {
    this.#api = api;
    this.#judge = judge;
    // Nobody waits for it before the end, and a test that waits for its pods shall not wait in vain without a word.
    this.#work = Promise.race([this.#follow(), this.#failed.promise]).catch((error: unknown) => {
      console.error("no pod is reported on any more:", error);
      throw error;
    });
    this.#work.catch(() => undefined);
  }

  static start(api: KubeApi, judge: Judge = () => ({ kind: "runs" })): PodReporter {
    return new PodReporter(api, judge);
  }

  /** Throws what it could not deal with. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#work;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        for await (const { type, object } of this.#api.watch(POD_TYPE, PODS, signal)) {
          if (type === "ADDED" || type === "MODIFIED") this.#begin(object);
        }
      } catch (error) {
        // Kubelets outlive the connections that they have, and so does this on a machine that is busy.
        if (!signal.aborted && !isLost(error)) throw error;
      }
    }
  }

  /** Beside others: many pods appear at once, and kubelets do not wait for each other either. */
  #begin(pod: KubernetesObject): void {
    this.#report(pod).catch((cause: unknown) => {
      if (this.#stopped.signal.aborted) return;
      this.#failed.reject(new Error(`while reporting on ${pod.metadata.namespace}/${pod.metadata.name}`, { cause }));
    });
  }

  async #report(pod: KubernetesObject): Promise<void> {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    const status = statusOf(pod, await this.#judge(pod));
    while (!this.#stopped.signal.aborted) {
      try {
        return await this.#tell(pod, status);
      } catch (error) {
        if (!isLost(error)) throw error;
      }
    }
  }

  async #tell(pod: KubernetesObject, status: PodStatus): Promise<void> {
    try {
      const role = roleOf(pod);
      if (role !== undefined && pod.metadata.labels?.[ROLE] !== role) {
        await this.#api.patch(pod, { metadata: { labels: { [ROLE]: role } } });
      }
      if (!saysSo(pod, status)) await this.#api.patch(pod, { status }, { subresource: "status" });
    } catch (error) {
      // It is gone, or has changed meanwhile, which is another event.
      if (!(error instanceof ApiError && (error.isNotFound || error.isConflict))) throw error;
    }
  }
}

/** Whether the connection was lost, be it while a request waited for its answer, which is said around it. */
function isLost(error: unknown): boolean {
  if (error instanceof ConnectionLostError || isNetworkError(error)) return true;
  return error instanceof Error && error.cause !== undefined && isLost(error.cause);
}

export interface PodStatus {
  readonly phase: string;
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  readonly containerStatuses: readonly object[];
}

const SCHEDULED = "PodScheduled";
const READY = ["Initialized", "ContainersReady", "Ready"];

const conditions = (status: string, more = {}) => {
  const lastTransitionTime = new Date().toISOString();
  return (type: string) => ({ type, status, lastTransitionTime, ...more });
};

/** The status of a pod whose containers all run and are ready. */
export function runningPod(): PodStatus {
  return { phase: "Running", conditions: [SCHEDULED, ...READY].map(conditions("True")), containerStatuses: [] };
}

function statusOf(pod: KubernetesObject, verdict: Verdict): PodStatus {
  if (verdict.kind === "unschedulable") {
    const { message } = verdict;
    const scheduled = conditions("False", { reason: "Unschedulable", message })(SCHEDULED);
    return { phase: "Pending", conditions: [scheduled], containerStatuses: [] };
  }
  if (verdict.kind === "no-image") {
    const waiting = { reason: "ErrImagePull", message: "not found" };
    const containers = containersOf(pod).map(({ name, image }) => ({
      name, image, imageID: "", ready: false, restartCount: 0, state: { waiting },
    })); // biome-ignore format: one object
    const all = [conditions("True")(SCHEDULED), ...READY.map(conditions("False"))];
    return { phase: "Pending", conditions: all, containerStatuses: containers };
  }
  if (pod.metadata.ownerReferences?.some(({ kind }) => kind === "Job") === true) {
    const containerStatuses = pod.metadata.labels?.[BACKUP] === undefined ? [] : containersOf(pod).map(madeBackup);
    return { phase: "Succeeded", conditions: [], containerStatuses };
  }
  return runningPod();
}

/** A container that has made a backup, and says so as pgBackRest's would. */
function madeBackup({ name, image }: { readonly name: string; readonly image: string }): object {
  const now = Math.floor(Date.now() / 1000);
  const message = JSON.stringify({
    label: "20260101-000000F", type: "full", start: now - 1, stop: now, size: 2000, repositorySize: 200,
    walStart: "000000010000000000000001", walStop: "000000010000000000000001", oldestStop: now - 60,
  }); // biome-ignore format: one object
  const finishedAt = new Date(now * 1000).toISOString();
  const terminated = { exitCode: 0, reason: "Completed", finishedAt, message };
  return { name, image, imageID: "", ready: false, restartCount: 0, state: { terminated } };
}

function saysSo(pod: KubernetesObject, wanted: PodStatus): boolean {
  const status = pod["status"] as Partial<PodStatus> | undefined;
  const told = (from: Partial<PodStatus> | undefined) =>
    (from?.conditions ?? []).map(({ type, status, message }) => `${type} ${status} ${message ?? ""}`).sort();
  return status?.phase === wanted.phase && told(status).join() === told(wanted).join();
}

function containersOf(pod: KubernetesObject): readonly { readonly name: string; readonly image: string }[] {
  return (pod["spec"] as { readonly containers: readonly { name: string; image: string }[] }).containers;
}

function roleOf({ metadata: { name, labels } }: KubernetesObject): string | undefined {
  if (labels?.["app.kubernetes.io/name"] !== "postgresql") return undefined;
  return name.endsWith("-0") ? "primary" : "replica";
}
