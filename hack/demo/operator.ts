import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IMAGE_NAMES } from "@profile-platform/operator/names";
import { run } from "../cluster/embedded/command.ts";
import type { LiveCluster } from "../live/cluster.ts";
import type { Images } from "./images.ts";

export const OPERATOR_NAMESPACE = "profile-platform-system";
const RELEASE = "profile-platform-operator";
const CHART = "charts/profile-platform-operator";
const READY_TIMEOUT = "180s";

/** Installs the operator with the images given, or brings an installed one to them; waits until it is ready. */
export async function installOperator(cluster: LiveCluster, helm: string, images: Images): Promise<void> {
  const { kubectl, kubeconfig } = cluster;
  // Helm installs definitions once and never changes them.
  await kubectl.run(["apply", "--server-side", "--force-conflicts", "-f", `${CHART}/crds`]);
  await kubectl.run([
    "wait",
    "--for=condition=Established",
    "crd/profileplatforms.profileplatform.io",
    "--timeout=60s",
  ]);
  const folder = await mkdtemp(join(tmpdir(), "operator-values-"));
  try {
    const values = join(folder, "values.json");
    await writeFile(values, JSON.stringify(chartValues(images)));
    const where = ["--kubeconfig", kubeconfig, "--namespace", OPERATOR_NAMESPACE];
    await run(helm, [
      "upgrade",
      RELEASE,
      CHART,
      "--install",
      "--create-namespace",
      "--skip-crds",
      "--values",
      values,
      ...where,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
  await kubectl.run([
    "rollout",
    "status",
    `deployment/${RELEASE}`,
    "-n",
    OPERATOR_NAMESPACE,
    `--timeout=${READY_TIMEOUT}`,
  ]);
}

/** Whether Helm has a release of the operator in the cluster, a failed one included. */
export async function isOperatorInstalled({ kubectl }: LiveCluster): Promise<boolean> {
  // Asked of the API server: a Helm that is not there need not be built to find nothing.
  const selector = `--selector=owner=helm,name=${RELEASE}`;
  const found = await kubectl.run(["get", "secrets", "--namespace", OPERATOR_NAMESPACE, selector, "--output=name"]);
  return found.trim() !== "";
}

/** Removes the operator and, with it, its rights; the definition of ProfilePlatform stays. */
export async function uninstallOperator({ kubeconfig }: LiveCluster, helm: string): Promise<void> {
  const where = ["--kubeconfig", kubeconfig, "--namespace", OPERATOR_NAMESPACE];
  await run(helm, ["uninstall", RELEASE, "--ignore-not-found", "--wait", "--timeout", "2m", ...where]);
}

/** Values of the chart that name the images as they were built. */
export function chartValues({ references }: Images): unknown {
  const { operator } = references;
  const platform = IMAGE_NAMES.flatMap((name) => (references[name] === undefined ? [] : [[name, references[name]]]));
  if (operator === undefined) throw new Error("the image of the operator was not built: run make build");
  // A registry may have a port, so only the last colon begins a tag.
  const tagStart = operator.lastIndexOf(":");
  return {
    image: { repository: operator.slice(0, tagStart), tag: operator.slice(tagStart + 1) },
    images: Object.fromEntries(platform) as Record<string, string>,
  };
}
