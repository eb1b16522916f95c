import { ApiClient } from "@profile-platform/operator/engine/api-client";
import { ApiError } from "@profile-platform/operator/engine/api-error";
import { sleep, systemClock } from "@profile-platform/operator/engine/clock";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

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
  const client = ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: "kubelet" });
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const query = { fieldSelector: "status.phase=Pending" };
      const { items } = await client.request<{ items: KubernetesObject[] }>({
        method: "GET",
        path: "/api/v1/pods",
        query,
      });
      await Promise.all(items.map((pod) => report(client, pod)));
      await sleep(systemClock, EVERY_MS, stop.signal);
    }
  };
  const working = work().finally(() => client.close());
  // Seen by whoever stops it; until then a failure shows as pods that never start.
  working.catch(() => undefined);
  return {
    stop: () => {
      stop.abort();
      return working;
    },
  };
}

async function report(client: ApiClient, { metadata }: KubernetesObject): Promise<void> {
  const { name, namespace = "", labels = {}, ownerReferences = [], deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined) return;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const patch = (target: string, body: unknown) =>
    client.request({ method: "PATCH", path: target, body, contentType: "application/merge-patch+json" });
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
    if (!(error instanceof ApiError) || !(error.isNotFound || error.isConflict)) throw error;
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
