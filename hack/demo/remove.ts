import { rm } from "node:fs/promises";
import type { Progress } from "../cluster/index.ts";
import { getPlatform } from "../e2e/support/platform.ts";
import { type LiveCluster, liveCluster, localProvider } from "../live/cluster.ts";
import { uninstallOperator } from "./operator.ts";
import { helmReady } from "./prepare.ts";

const DELETE_TIMEOUT = "180s";

/** Deletes the platform, as its deletionPolicy says, and then the operator that carries that out. */
export async function deleteAll(progress: Progress, name: string): Promise<void> {
  const cluster = await liveCluster(progress);
  const platform = await findPlatform(cluster, name);
  if (platform !== undefined) {
    await progress.step(`platform ${name} deleted`, async () => {
      // In the foreground: it is gone only when what it owned is.
      const wait = ["--cascade=foreground", `--timeout=${DELETE_TIMEOUT}`];
      await cluster.kubectl.run(["delete", "profileplatform", name, ...wait]);
    });
    if (platform.spec.deletionPolicy === "Retain") {
      progress.line("its volumes and credentials stay: the same manifest applied again finds its data");
    }
  }
  const helm = await helmReady(progress);
  await progress.step("operator removed", () => uninstallOperator(cluster, helm));
}

/** Takes the local cluster down with all that is in it, and removes compiled files. */
export async function cleanAll(progress: Progress): Promise<void> {
  const provider = await localProvider(progress);
  if (provider.kind === "current") {
    throw new Error("CLUSTER=current is not ours to remove: run make delete-all, and delete the namespaces that stay");
  }
  await provider.down();
  const built = ["crds", "operator", "runtime", "hack"].flatMap((folder) => [
    `${folder}/dist`,
    `${folder}/build`,
    `${folder}/tsconfig.tsbuildinfo`,
  ]);
  await Promise.all(built.map((path) => rm(path, { recursive: true, force: true })));
  progress.line("what is costly to build stays in the cache, so that the next start is quick");
}

async function findPlatform({ kubectl }: LiveCluster, name: string) {
  const definition = await kubectl.try(["get", "crd", "profileplatforms.profileplatform.io", "--output=name"]);
  return definition.code === 0 ? getPlatform(kubectl, name) : undefined;
}
