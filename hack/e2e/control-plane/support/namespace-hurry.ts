import { sleep, systemClock } from "@profile-platform/operator/engine/kit/clock";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { RefusedError } from "../../support/administrator.ts";
import type { AdminApi } from "./admin-api.ts";

const EVERY_MS = 1_000;
const TERMINATING = "/api/v1/namespaces?fieldSelector=status.phase%3DTerminating";

/** What `hurryNamespaces` has started. */
export interface NamespaceHurry {
  stop(): Promise<void>;
}

/**
 * Has Kubernetes look again at the namespaces that are on their way out and not empty yet. Left alone, it looks 5 s after
 * a deletion, and where something is left then (a volume whose pod has just gone), only after half of the longest time
 * that a pod may take to end: up to a minute in which nothing happens that a test would be about. Any change of a
 * namespace makes it look, 5 s later.
 */
export function hurryNamespaces(api: AdminApi): NamespaceHurry {
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const { items } = await api.request<{ items: KubernetesObject[] }>({ method: "GET", path: TERMINATING });
      await Promise.all(items.filter(waits).map(({ metadata: { name } }) => touch(api, name)));
      await sleep(systemClock, EVERY_MS, stop.signal);
    }
  };
  const working = work();
  // Seen by whoever stops it; until then a failure shows as namespaces that are slow to go.
  working.catch(() => undefined);
  return {
    stop: () => {
      stop.abort();
      return working;
    },
  };
}

const LEFT = new Set(["NamespaceContentRemaining", "NamespaceFinalizersRemaining"]);

/** Whether Kubernetes has looked at it and found something left. Before that it is about to look anyway. */
function waits(namespace: KubernetesObject): boolean {
  const { conditions = [] } = (namespace["status"] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status }) => LEFT.has(type) && status === "True");
}

async function touch(api: AdminApi, name: string): Promise<void> {
  const annotations = { "example.com/hurried-at": new Date().toISOString() };
  const path = `/api/v1/namespaces/${name}`;
  const contentType = "application/merge-patch+json";
  try {
    await api.request({ method: "PATCH", path, contentType, body: { metadata: { annotations } } });
  } catch (error) {
    // Gone since it was listed.
    if (!(error instanceof RefusedError) || ![404, 409].includes(error.status)) throw error;
  }
}
