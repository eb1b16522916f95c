import { readFileSync } from "node:fs";
import { join } from "node:path";
import { metricsApi } from "./addons/index.ts";
import { type ApiEndpoint, type Applier, getJson } from "./api.ts";
import type { ClusterPaths } from "./paths.ts";
import type { ClusterPlan } from "./plan.ts";
import { waitFor } from "./wait.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

interface Item {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly readyReplicas?: number };
}

interface List {
  readonly items: readonly Item[];
}

/** Waits for the nodes, DNS and the metrics API, in the order in which each needs the one before. */
export async function waitUntilReady(
  endpoint: ApiEndpoint,
  applier: Applier,
  plan: ClusterPlan,
  paths: ClusterPaths,
  note: (text: string) => void,
): Promise<void> {
  const wait = (what: string, check: () => Promise<string | undefined>) => {
    note(`waiting for ${what}`);
    const watched = [
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      ...plan.nodes.map((node) => `kubelet-${node.name}`),
    ];
    return waitFor(what, check, { timeout: 120_000, processes: { names: watched, folders: paths } });
  };
  await wait("nodes", () => nodesReady(endpoint, plan));
  await labelNodes(applier, plan);
  await wait("DNS", () => deploymentReady(endpoint, "coredns"));
  await wait("metrics", () => deploymentReady(endpoint, "metrics-server"));
  await applier.apply(metricsApi(readFileSync(join(paths.pki, "ca.crt"), "utf8")));
  await wait("the metrics API", () => metricsServed(endpoint));
  note("");
}

async function nodesReady(endpoint: ApiEndpoint, plan: ClusterPlan): Promise<string | undefined> {
  const { items } = await getJson<List>(endpoint, "/api/v1/nodes");
  const waiting = plan.nodes.filter((node) => {
    const found = items.find((item) => item.metadata.name === node.name);
    return found?.status?.conditions?.find((each) => each.type === "Ready")?.status !== "True";
  });
  return waiting.length === 0 ? undefined : `${waiting.map((node) => node.name).join(", ")} not Ready`;
}

/** A kubelet may not give itself a role, nor its range of pod addresses. */
async function labelNodes(applier: Applier, plan: ClusterPlan): Promise<void> {
  await Promise.all(
    plan.nodes.map((node, index) => {
      const labels = index === 0 ? { "node-role.kubernetes.io/control-plane": "" } : {};
      const spec = { podCIDR: node.podRange, podCIDRs: [node.podRange] };
      return applier.apply({ apiVersion: "v1", kind: "Node", metadata: { name: node.name, labels }, spec } as never);
    }),
  );
}

async function deploymentReady(endpoint: ApiEndpoint, name: string): Promise<string | undefined> {
  const found = await getJson<Item>(endpoint, `/apis/apps/v1/namespaces/kube-system/deployments/${name}`);
  const [wanted, ready] = [found.spec?.replicas ?? 1, found.status?.readyReplicas ?? 0];
  return ready >= wanted ? undefined : `${ready} of ${wanted} pods of ${name} are ready`;
}

async function metricsServed(endpoint: ApiEndpoint): Promise<string | undefined> {
  const path = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io";
  const available = (await getJson<Item>(endpoint, path)).status?.conditions?.find((each) => each.type === "Available");
  return available?.status === "True" ? undefined : (available?.message ?? "the metrics API is not available yet");
}
