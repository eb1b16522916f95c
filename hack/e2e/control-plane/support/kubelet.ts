import { sleep, systemClock } from "@profile-platform/operator/engine/clock";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { AdminApi, AdminRefusal } from "./admin-api.ts";

/** Reports every pod of a control plane as a kubelet would whose containers all start and stay. */
export interface Kubelet {
  stop(): Promise<void>;
}

const EVERY_MS = 50;
const POSTGRESQL_ROLE = "profileplatform.io/postgresql-role";

/**
 * There are no nodes in a control plane, so that pods would stay Pending and nothing that waits for them would ever be
 * made. Pods of Jobs succeed, others run and are ready, and an instance of PostgreSQL is the primary where Patroni
 * would make the first one so. The status of workloads stays the matter of Kubernetes' own controllers.
 */
export function startKubelet(kubeconfigPath: string): Kubelet {
  const api = new AdminApi(kubeconfigPath);
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const path = "/api/v1/pods?fieldSelector=status.phase%3DPending";
      const { items } = await api.request<{ items: KubernetesObject[] }>({ method: "GET", path });
      await Promise.all(items.map((pod) => report(api, pod)));
      await sleep(systemClock, EVERY_MS, stop.signal);
    }
  };
  const working = work().finally(() => api.close());
  // Seen by whoever stops it; until then a failure shows as pods that never start.
  working.catch(() => undefined);
  return {
    stop: () => {
      stop.abort();
      return working;
    },
  };
}

async function report(api: AdminApi, { metadata }: KubernetesObject): Promise<void> {
  const { name, namespace = "", labels = {}, ownerReferences = [], deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined) return;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const patch = (target: string, body: unknown) =>
    api.request({ method: "PATCH", path: target, body, contentType: "application/merge-patch+json" });
  const succeeds = ownerReferences.some(({ kind }) => kind === "Job");
  try {
    if (labels["app.kubernetes.io/name"] === "postgresql") {
      const role = name.endsWith("-0") ? "primary" : "replica";
      await patch(path, { metadata: { labels: { [POSTGRESQL_ROLE]: role } } });
    }
    const status = succeeds ? { phase: "Succeeded", conditions: [] } : running();
    await patch(`${path}/status`, { status });
  } catch (error) {
    // Deleted since it was listed.
    if (!(error instanceof AdminRefusal) || ![404, 409].includes(error.status)) throw error;
  }
}

function running(): unknown {
  const lastTransitionTime = new Date().toISOString();
  const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) => ({
    type,
    status: "True",
    lastTransitionTime,
  }));
  return { phase: "Running", conditions };
}
