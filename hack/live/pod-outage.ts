import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import type { Outage } from "@profile-platform/runtime/mixed-load";
import { eventually } from "../e2e/support/eventually.ts";
import type { LiveCluster } from "./cluster.ts";
import { namespaceOf, PLATFORM, requirePlatform } from "./platform.ts";
import { WORKLOADS } from "./workloads.ts";

/** Data services whose pods can be killed, and what people call them. */
export const KILLED = { redis: "Redis", rabbitmq: "RabbitMQ", postgresql: "PostgreSQL" } as const;

/** Where there are several instances of PostgreSQL, it is the primary whose loss tells. */
const PRIMARY = { redis: "", rabbitmq: "", postgresql: ",profileplatform.io/postgresql-role=primary" } as const;

const GONE_TIMEOUT_MS = 60_000;
const READY_TIMEOUT_MS = 180_000;

interface Pod extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Deletes a pod of a data service without asking it to end, and waits until another one is ready in its place. */
export function podOutage(cluster: LiveCluster, service: keyof typeof KILLED): Outage {
  const { kubectl } = cluster;
  const selector = `app.kubernetes.io/name=${service},app.kubernetes.io/instance=${PLATFORM}`;
  const at = async (): Promise<readonly string[]> => [
    "--namespace",
    namespaceOf(await requirePlatform(cluster), WORKLOADS[service].layer),
  ];
  const pods = async (labels: string): Promise<readonly Pod[]> => {
    const text = await kubectl.run(["get", "pods", ...(await at()), "--selector", labels, "--output=json"]);
    return (JSON.parse(text) as { items: readonly Pod[] }).items;
  };
  let before = 0;
  return {
    name: KILLED[service],
    kill: async () => {
      before = (await pods(selector)).length;
      const victim = (await pods(selector + PRIMARY[service]))[0];
      if (victim === undefined) throw new Error(`there is no pod of ${service} to kill: see make status`);
      const { name, uid } = victim.metadata;
      await kubectl.run(["delete", "pod", name, ...(await at()), "--grace-period=0", "--force", "--wait=false"]);
      await eventually(
        async () => ((await pods(selector)).every(({ metadata }) => metadata.uid !== uid) ? true : undefined),
        { what: `pod ${name} is gone`, timeoutMs: GONE_TIMEOUT_MS },
      );
    },
    restored: async () => {
      await eventually(
        async () => {
          const ready = (await pods(selector)).filter(isReady).length;
          if (ready >= before) return true;
          throw new Error(`${ready} of ${before} pods are ready`);
        },
        { what: `every pod of ${service} is ready`, timeoutMs: READY_TIMEOUT_MS },
      );
    },
  };
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}
