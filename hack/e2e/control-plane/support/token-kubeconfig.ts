import { writeFile } from "node:fs/promises";
import { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { kubeconfigWithToken } from "../../support/administrator.ts";

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
  await writeFile(path, kubeconfigWithToken(administrator, status.token), { mode: 0o600 });
  return path;
}
