import { eventually } from "../../support/eventually.ts";
import type { KubeApi } from "./kube-api.ts";
import type { OperatorProcess } from "./operator-process.ts";

const QUEUE = '{name="profileplatforms",controller="profileplatforms"}';

/** The operator's own account of its work, since it started. */
export interface Account {
  /** Runs of the reconciler, whatever their result. */
  readonly reconciles: number;
  /** Requests that could change something, apart from those by PUT: of status, and of its Lease every 2 s. */
  readonly writes: number;
}

/** Waits until every key that was added has been worked and nothing is delayed any more. */
export async function waitIdle(operator: OperatorProcess): Promise<void> {
  let before = -1;
  await eventually(
    async () => {
      const adds = await operator.metric(`workqueue_adds_total${QUEUE}`);
      const quiet = adds === before && (await operator.metric(`workqueue_depth${QUEUE}`)) === 0;
      before = adds;
      return quiet ? true : undefined;
    },
    // Longer than the pause after which a write is looked at once more.
    { what: "the operator has nothing to do", timeoutMs: 60_000, everyMs: 3_000 },
  );
}

/**
 * Waits until Kubernetes' own controllers have said of every pod of a platform that it is available, which they do some
 * seconds after it is ready, and the operator has nothing to do.
 */
export async function waitAtRest(api: KubeApi, operator: OperatorProcess, platform: string): Promise<void> {
  interface Workload {
    readonly spec: { readonly replicas: number };
    readonly status?: { readonly availableReplicas?: number };
  }
  await eventually(
    async () => {
      const workloads = (await api.children(platform)).filter(({ kind }) => /^(StatefulSet|Deployment)$/.test(kind));
      const waiting = workloads.filter((workload) => {
        const { spec, status } = workload as unknown as Workload;
        return status?.availableReplicas !== spec.replicas;
      });
      return waiting.length === 0 ? true : undefined;
    },
    { what: `every pod of ${platform} is available`, timeoutMs: 60_000 },
  );
  await waitIdle(operator);
}

/** Throws when one of the series is missing, since a count that is not there looks like one of nothing. */
export async function account(operator: OperatorProcess): Promise<Account> {
  const series = parse(await (await fetch(`http://127.0.0.1:${await operator.port()}/metrics`)).text());
  const sum = (name: string, labels: RegExp) => {
    const found = series.filter((one) => one.name === name && labels.test(one.labels));
    if (found.length === 0) throw new Error(`the operator has no metric ${name} with ${String(labels)}`);
    return found.reduce((total, { value }) => total + value, 0);
  };
  return {
    reconciles: sum("controller_runtime_reconcile_total", /./),
    writes: sum("rest_client_requests_total", /method="(POST|PATCH|DELETE)"/),
  };
}

/** What Kubernetes' own controllers write while nothing happens: Leases, and every few seconds what they miss. */
const OF_CONTROLLERS = /^(coordination\.k8s\.io leases|autoscaling horizontalpodautoscalers\/status| events)$/;

/**
 * The API server's account of requests that could change something, whoever made them and whether or not they did:
 * group and resource → number.
 */
export async function writesOf(api: KubeApi): Promise<Readonly<Record<string, number>>> {
  const writes: Record<string, number> = {};
  for (const { name, labels, value } of parse(await api.text("/metrics"))) {
    const label = (key: string) => new RegExp(`(?:^|,)${key}="([^"]*)"`).exec(labels)?.[1] ?? "";
    if (name !== "apiserver_request_total" || !/^(POST|PUT|PATCH|APPLY|DELETE)$/.test(label("verb"))) continue;
    const parts = [label("resource"), label("subresource")].filter((part) => part !== "");
    const resource = `${label("group")} ${parts.join("/")}`;
    if (!OF_CONTROLLERS.test(resource)) writes[resource] = (writes[resource] ?? 0) + value;
  }
  if (Object.keys(writes).length === 0) throw new Error("the API server counts no writes at all");
  return writes;
}

interface Series {
  readonly name: string;
  /** As it stands between the braces. */
  readonly labels: string;
  readonly value: number;
}

function parse(text: string): readonly Series[] {
  return text.split("\n").flatMap((line) => {
    const [, name = "", labels = "", value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    return value === undefined ? [] : [{ name, labels, value: Number(value) }];
  });
}
