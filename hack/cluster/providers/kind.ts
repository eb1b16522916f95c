import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run, succeeds } from "../embedded/command.ts";
import { cacheRoot } from "../embedded/paths.ts";
import { requireName } from "../embedded/plan.ts";
import type { Progress } from "../embedded/progress.ts";
import type { ClusterProvider } from "../provider.ts";

/** True when there is a Docker engine that answers, and kind to use it. */
export async function kindAnswers(): Promise<boolean> {
  const timeout = 10_000;
  const [docker, kind] = await Promise.all([
    succeeds("docker", ["info"], { timeout }),
    succeeds("kind", ["version"], { timeout }),
  ]);
  return docker && kind;
}

/** A cluster of kind, whose nodes are containers. It brings DNS, a StorageClass and NetworkPolicies of its own. */
export function kindProvider(name: string, progress: Progress): ClusterProvider {
  requireName(name);
  const cluster = `pp-${name}`;
  const kubeconfig = join(cacheRoot(), "kind", `${name}.kubeconfig`);
  const exists = async () => (await run("kind", ["get", "clusters"])).split("\n").includes(cluster);
  const common = ["--name", cluster, "--kubeconfig", kubeconfig];
  return {
    kind: "kind",
    async up(nodes) {
      mkdirSync(join(cacheRoot(), "kind"), { recursive: true, mode: 0o700 });
      if (await exists()) {
        await run("kind", ["export", "kubeconfig", ...common]);
        return;
      }
      await progress.step(`kind cluster with ${nodes} nodes`, async () => {
        const create = ["create", "cluster", ...common, "--wait", "120s", "--config", "-"];
        await run("kind", create, { input: renderKindConfig(nodes) });
      });
    },
    async down() {
      await progress.step(
        "kind cluster removed",
        async () => void (await run("kind", ["delete", "cluster", ...common])),
      );
    },
    async status() {
      if (!(await exists())) return `cluster ${name}: not up`;
      const nodes = (await run("kind", ["get", "nodes", "--name", cluster])).trim().split("\n");
      return [
        `cluster ${name}: up (kind)`,
        `kubeconfig: ${kubeconfig}`,
        "nodes:",
        ...nodes.map((node) => `  ${node}`),
      ].join("\n");
    },
    async loadImages(archives) {
      await progress.step(`${archives.length} image archives on the nodes`, async () => {
        for (const archive of archives) await run("kind", ["load", "image-archive", archive, "--name", cluster]);
      });
    },
    kubeconfig: () => kubeconfig,
    kubectl: () => "kubectl",
  };
}

/** The first node holds the control plane and, being the only one that all clusters have, takes pods too. */
export function renderKindConfig(nodes: number): string {
  const zones = Array.from({ length: nodes }, (_, index) => ({
    role: index === 0 ? "control-plane" : "worker",
    labels: { "topology.kubernetes.io/zone": `zone-${index + 1}` },
    ...(index === 0 ? { kubeadmConfigPatches: ["kind: InitConfiguration\nnodeRegistration:\n  taints: []\n"] } : {}),
  }));
  return JSON.stringify({ kind: "Cluster", apiVersion: "kind.x-k8s.io/v1alpha4", nodes: zones });
}
