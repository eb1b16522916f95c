import { rm } from "node:fs/promises";
import type { Progress } from "../cluster/index.ts";
import { type LiveCluster, liveCluster, localProvider } from "../live/cluster.ts";
import { isOperatorInstalled, uninstallOperator } from "./operator.ts";
import { helmReady } from "./prepare.ts";

const DELETE_TIMEOUT = "180s";
const LABEL_PLATFORM = "profileplatform.io/platform";

/** Deletes the platform, as its deletionPolicy says, and then the operator, unless it looks after others as well. */
export async function deleteAll(progress: Progress, name: string): Promise<void> {
  const cluster = await liveCluster(progress);
  if ((await platformNames(cluster)).includes(name)) {
    await progress.step(`platform ${name} deleted`, async () => {
      // In the foreground: it is gone only when what it owned is.
      const wait = ["--cascade=foreground", `--timeout=${DELETE_TIMEOUT}`];
      await cluster.kubectl.run(["delete", "profileplatform", name, ...wait]);
    });
  } else {
    progress.line(`there is no platform ${name}`);
  }
  const others = await platformNames(cluster);
  if (others.length > 0) {
    progress.line(describeOthers(others));
  } else if (await isOperatorInstalled(cluster)) {
    const helm = await helmReady(progress);
    await progress.step("operator removed", () => uninstallOperator(cluster, helm));
  } else {
    progress.line("there is no operator");
  }
  const kept = await keptNamespaces(cluster, name);
  if (kept.length > 0) progress.line(describeKept(name, kept));
}

/** Why the operator stays: without one, nobody looks after the others, and what they say of themselves no longer holds. */
export function describeOthers(names: readonly string[]): string {
  return [
    `the operator stays, for it looks after ${names.join(", ")} as well; to delete that too:`,
    ...names.map((name) => `  make delete-all PLATFORM=${name}`),
  ].join("\n");
}

/** What stays of a deleted platform, and how to remove that too. */
export function describeKept(name: string, namespaces: readonly string[]): string {
  return [
    `kept, because of deletionPolicy Retain: ${namespaces.join(", ")}, with the volumes and credentials in it`,
    "  make deploy-all installs the operator again and applies the manifest, which finds its data; to remove it for good:",
    `  kubectl delete namespace -l ${LABEL_PLATFORM}=${name}`,
  ].join("\n");
}

async function keptNamespaces({ kubectl }: LiveCluster, name: string): Promise<readonly string[]> {
  const selectors = [`--selector=${LABEL_PLATFORM}=${name}`, "--field-selector=status.phase=Active"];
  const found = await kubectl.run(["get", "namespaces", ...selectors, "--output=name"]);
  return found.split("\n").filter((line) => line !== "");
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

async function platformNames({ kubectl }: LiveCluster): Promise<readonly string[]> {
  const definition = await kubectl.try(["get", "crd", "profileplatforms.profileplatform.io", "--output=name"]);
  if (definition.code !== 0) return [];
  const names = await kubectl.run(["get", "profileplatforms", "--output=jsonpath={.items[*].metadata.name}"]);
  return names.split(" ").filter((name) => name !== "");
}
