import { writeFile } from "node:fs/promises";
import { ApiClient } from "@profile-platform/operator/engine/api-client";
import { loadKubeConfig } from "@profile-platform/operator/engine/kube-config";

/**
 * Writes a kubeconfig for a service account with all rights, which has a token: a client certificate cannot pass
 * through a proxy that ends TLS. Answers with its path.
 */
export async function writeTokenKubeconfig(administrator: string, path: string): Promise<string> {
  const client = ApiClient.fromKubeConfig({ kubeconfigPath: administrator, userAgent: "test" });
  const make = <T>(path: string, body: unknown) => client.request<T>({ method: "POST", path, body });
  const name = "administrator";
  const accounts = "/api/v1/namespaces/default/serviceaccounts";
  await make(accounts, { metadata: { name } });
  await make("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata: { name },
    subjects: [{ kind: "ServiceAccount", name, namespace: "default" }],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  });
  const { status } = await make<{ status: { token: string } }>(`${accounts}/${name}/token`, { spec: {} });
  client.close();
  const config = loadKubeConfig({ kubeconfigPath: administrator });
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${administrator} has no cluster`);
  const { server, caFile, caData } = cluster;
  const authority =
    caFile === undefined ? { "certificate-authority-data": caData } : { "certificate-authority": caFile };
  const file = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "cluster", cluster: { server, ...authority } }],
    users: [{ name, user: { token: status.token } }],
    contexts: [{ name: "context", context: { cluster: "cluster", user: name } }],
    "current-context": "context",
  };
  await writeFile(path, JSON.stringify(file), { mode: 0o600 });
  return path;
}
