import { randomBytes } from "node:crypto";
import type { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { concurrently } from "@profile-platform/operator/engine/kit/concurrently";

const NAMESPACE = "unrelated";
const OF_EACH_KIND = 600;
/** KiB: from a password over a certificate to the record of a Helm release. */
const SIZES = [1, 2, 4, 16, 64, 128] as const;

/** Makes Secrets and ConfigMaps of somebody else, 600 of each, 36 KiB on average. */
export async function createUnrelated(client: ApiClient, signal: AbortSignal): Promise<void> {
  const create = (path: string, body: unknown) => client.request({ method: "POST", path, body, signal });
  await create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  const items = ["Secret", "ConfigMap"].flatMap((kind) =>
    Array.from({ length: OF_EACH_KIND }, (_, i) => ({ kind, i, size: SIZES[i % SIZES.length] ?? 1 })),
  );
  await concurrently(
    items,
    8,
    () => [],
    async ({ kind, i, size }) => {
      const metadata = {
        name: `unrelated-${i}`,
        namespace: NAMESPACE,
        labels: { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": `release-${i % 50}` },
      };
      const data = { content: randomBytes(size * 768).toString("base64") };
      await create(`/api/v1/namespaces/${NAMESPACE}/${kind.toLowerCase()}s`, {
        apiVersion: "v1",
        kind,
        metadata,
        data,
      });
    },
    signal,
  );
}
