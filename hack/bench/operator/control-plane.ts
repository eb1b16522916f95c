import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platformBackupDefinition, profilePlatformDefinition } from "@profile-platform/crds/crd";
import { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { type ResourceType, resourcePath } from "@profile-platform/operator/engine/client/resource-type";
import { PLATFORM_TYPE } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { startControlPlane } from "../../cluster/index.ts";
import { kubeconfigWithToken } from "../../e2e/support/administrator.ts";
import { eventually } from "../../e2e/support/eventually.ts";
import type { Side } from "./results.ts";

/** Namespace of both operators. */
export const NAMESPACE = "platform-system";

const ACCESS_KINDS: Readonly<Record<string, ResourceType>> = {
  ServiceAccount: core("ServiceAccount", "serviceaccounts", true),
  ClusterRole: rbac("ClusterRole", "clusterroles", false),
  ClusterRoleBinding: rbac("ClusterRoleBinding", "clusterrolebindings", false),
  Role: rbac("Role", "roles", true),
  RoleBinding: rbac("RoleBinding", "rolebindings", true),
};
const ACCOUNTS: Readonly<Record<Side, string>> = {
  operator: "profile-platform-operator",
  twin: "operator-twin",
};

/** An etcd and an API server, with the definition and the accounts of both operators. */
export interface BenchControlPlane {
  /** As the administrator, whom the API server never makes wait. */
  readonly client: ApiClient;
  readonly kubeconfigOf: (side: Side) => string;
  readonly pids: { readonly apiServer: number; readonly etcd: number };
  stop(): Promise<void>;
}

/**
 * Starts one without controllers: what they would do to the children is the same for both operators, and would cover
 * what is to be measured. `access`: the objects of the chart.
 */
export async function startBenchControlPlane(access: readonly KubernetesObject[]): Promise<BenchControlPlane> {
  const dir = await mkdtemp(join(tmpdir(), "profile-platform-bench-"));
  const controlPlane = await startControlPlane({ dir, controllers: false });
  const client = ApiClient.fromKubeConfig({ kubeconfigPath: controlPlane.kubeconfigPath, userAgent: "bench" });
  const stop = async () => {
    client.close();
    await controlPlane.stop();
    await rm(dir, { recursive: true });
  };
  const kubeconfigOf = (side: Side) => join(dir, `${side}.kubeconfig`);
  try {
    await prepare(client, access);
    for (const side of ["operator", "twin"] as const) {
      const text = await accountKubeconfig(client, ACCOUNTS[side], controlPlane.kubeconfigPath);
      await writeFile(kubeconfigOf(side), text, { mode: 0o600 });
    }
  } catch (cause) {
    await stop();
    throw new Error("while preparing a control plane", { cause });
  }
  const pids = { apiServer: controlPlane.pidOf("kube-apiserver"), etcd: controlPlane.pidOf("etcd") };
  return { client, kubeconfigOf, pids, stop };
}

async function prepare(client: ApiClient, access: readonly KubernetesObject[]): Promise<void> {
  const create = (type: ResourceType, object: KubernetesObject) => {
    const { namespace } = object.metadata;
    return client.request({ method: "POST", path: resourcePath(type, { namespace }), body: object });
  };
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  for (const body of [profilePlatformDefinition, platformBackupDefinition]) {
    await client.request({ method: "POST", path, body });
  }
  await create(core("Namespace", "namespaces", false), {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE },
  });
  for (const object of [...access, ...twinAccess()]) {
    const type = ACCESS_KINDS[object.kind];
    if (type !== undefined) await create(type, object);
  }
  await eventually(() => client.request({ method: "GET", path: resourcePath(PLATFORM_TYPE, {}) }), {
    what: "ProfilePlatforms are served",
    timeoutMs: 30_000,
  });
}

/** The twin has its Secrets from one watch of the whole cluster, and needs no rights of its own making. */
function twinAccess(): readonly KubernetesObject[] {
  const name = ACCOUNTS.twin;
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: NAMESPACE } },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name, namespace: NAMESPACE }],
    },
  ];
}

/** Both are service accounts, so that the API server treats the requests of both alike. */
async function accountKubeconfig(client: ApiClient, account: string, adminKubeconfig: string): Promise<string> {
  const { status } = await client.request<{ readonly status: { readonly token: string } }>({
    method: "POST",
    path: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${account}/token`,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 14_400 } },
  });
  return kubeconfigWithToken(adminKubeconfig, status.token);
}

function core(kind: string, plural: string, namespaced: boolean): ResourceType {
  return { group: "", version: "v1", kind, plural, namespaced };
}

function rbac(kind: string, plural: string, namespaced: boolean): ResourceType {
  return { group: "rbac.authorization.k8s.io", version: "v1", kind, plural, namespaced };
}
