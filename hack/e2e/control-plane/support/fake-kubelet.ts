import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import type { Kubectl } from "../../support/kubectl.ts";
import { runningPod } from "./pod-reporter.ts";

/**
 * Reports pods of one component as a kubelet would. There are no nodes here, so without it no gate ever opens; the
 * status of the workloads themselves is left to Kubernetes' own controllers.
 */
export async function reportPods(
  kubectl: Kubectl,
  selector: string,
  phase: "Running" | "Succeeded",
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const pods = await kubectl.list("pods", selector);
  for (const pod of pods) {
    const { name, namespace = "" } = pod.metadata;
    if (Object.keys(labels).length > 0) await patch(kubectl, pod, { metadata: { labels } }, []);
    const status = phase === "Running" ? runningPod() : { phase, conditions: [] };
    await patch(kubectl, { ...pod, metadata: { ...pod.metadata, name, namespace } }, { status }, [
      "--subresource=status",
    ]);
  }
  return pods.length;
}

async function patch(
  kubectl: Kubectl,
  { metadata: { name, namespace = "" } }: KubernetesObject,
  body: unknown,
  flags: readonly string[],
): Promise<void> {
  await kubectl.run(["patch", "pod", name, "-n", namespace, ...flags, "--type=merge", "-p", JSON.stringify(body)]);
}
