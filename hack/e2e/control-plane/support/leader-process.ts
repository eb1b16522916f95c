import { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { sleep, systemClock } from "@profile-platform/operator/engine/kit/clock";
import { createLogger } from "@profile-platform/operator/engine/kit/log";
import { LeaderElector, type LeaderElectorOptions } from "@profile-platform/operator/engine/leadership/leader-elector";

/**
 * A program that writes its identity into the ConfigMap `writer` as often as it can, from when it leads until a write is
 * refused or SIGTERM comes; that its leadership ended does not stop it. Says on stdout what becomes of it. Arguments:
 * kubeconfig, namespace, identity, and the lease's times as JSON.
 */
const [kubeconfigPath = "", namespace = "", identity = "", times = "{}"] = process.argv.slice(2);
const client = ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: identity });
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

const elector = new LeaderElector({
  client,
  namespace,
  name: "lock",
  identity,
  log: createLogger("error", process.stderr),
  ...(JSON.parse(times) as Pick<LeaderElectorOptions, "leaseDurationMs" | "renewDeadlineMs" | "retryPeriodMs">),
  onStarted: async () => {
    process.stdout.write("leading\n");
    const fenced = client.fenced(elector.fence);
    const path = `/api/v1/namespaces/${namespace}/configmaps/writer`;
    for (let count = 0; !stop.signal.aborted; count++) {
      const body = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "writer", namespace },
        data: { writer: identity, count: String(count) },
      };
      const query = { fieldManager: "writer", force: "true" };
      try {
        await fenced.request({ method: "PATCH", path, query, body, contentType: "application/apply-patch+yaml" });
      } catch (error) {
        process.stdout.write(`refused ${(error as Error).name}\n`);
        return;
      }
      await sleep(systemClock, 20, stop.signal);
    }
  },
});
process.stdout.write(`${await elector.run(stop.signal)}\n`);
client.close();
