import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import type { Kubectl } from "../../support/kubectl.ts";

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
    const status = phase === "Running" ? running() : { phase, conditions: [] };
    await patch(kubectl, { ...pod, metadata: { ...pod.metadata, name, namespace } }, { status }, [
      "--subresource=status",
    ]);
  }
  return pods.length;
}

function running(): unknown {
  const lastTransitionTime = new Date().toISOString();
  const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) => ({
    type,
    status: "True",
    lastTransitionTime,
  }));
  return { phase: "Running", conditions };
}

async function patch(
  kubectl: Kubectl,
  { metadata: { name, namespace = "" } }: KubernetesObject,
  body: unknown,
  flags: readonly string[],
): Promise<void> {
  await kubectl.run(["patch", "pod", name, "-n", namespace, ...flags, "--type=merge", "-p", JSON.stringify(body)]);
}
