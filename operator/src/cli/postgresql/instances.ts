import { PLACE } from "../../components/data-layer/postgresql/place.ts";
import { isPodReady } from "../../components/kit/health/pods.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { resourcePath } from "../../engine/client/resource-type.ts";
import { UsageError } from "../../errors.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { selectorLabels } from "../../labels.ts";
import { POD_TYPE } from "../../platform/live/kinds.ts";
import { namespacesOf } from "../../platform/plan/resolve.ts";
import { readPlatform } from "../cluster.ts";

/** Where the instances of a platform's PostgreSQL run. */
export interface Instances {
  readonly namespace: string;
  /** Names of their pods, those first that are ready. */
  readonly pods: readonly string[];
}

/** @throws UsageError when the platform is not clear, or has no pod of PostgreSQL */
export async function findInstances(client: Pick<ApiClient, "request">, name: string | undefined): Promise<Instances> {
  const { metadata, spec } = await readPlatform(client, name);
  const namespace = namespacesOf(spec.namespacePrefix)[PLACE.layer];
  const labels = Object.entries(selectorLabels(metadata.name, PLACE.name)).map(([label, value]) => `${label}=${value}`);
  const { items } = await client.request<{ items: readonly KubernetesObject[] }>({
    method: "GET",
    path: resourcePath(POD_TYPE, { namespace }),
    query: { labelSelector: labels.join(",") },
  });
  if (items.length === 0) {
    throw new UsageError(
      `Platform ${metadata.name} has no pod of PostgreSQL in ${namespace}: profileplatform status ${metadata.name} says why.`,
    );
  }
  const byReadiness = [...items].sort((a, b) => Number(isPodReady(b)) - Number(isPodReady(a)));
  return { namespace, pods: byReadiness.map((pod) => pod.metadata.name) };
}
