import type { TestProject } from "vitest/node";
import { chooseProvider, createProgress } from "../../cluster/index.ts";
import { giveToNodes, provideImages } from "../../demo/images.ts";
import { installOperator } from "../../demo/operator.ts";
import { helmReady } from "../../demo/prepare.ts";
import { IMAGE_NAMES } from "../../images/catalogue.ts";
import { connect } from "../../live/cluster.ts";

/** Beside a cluster that someone works with: another name is another network and other folders. */
export const CLUSTER_NAME = "test";

/** Two nodes show what crosses from one to another; more would only take longer. */
const NODES = 2;

/** A cluster with the operator in it for all test files, taken down at the end, also when something fails on the way. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = createProgress();
  const provider = await chooseProvider(CLUSTER_NAME, progress);
  // A cluster that was there before stays.
  const teardown = async () => (provider.kind === "current" ? undefined : provider.down());
  try {
    const [helm, images] = await Promise.all([
      helmReady(progress),
      provideImages(progress, IMAGE_NAMES),
      provider.up(NODES),
    ]);
    const cluster = await connect(provider, progress);
    await giveToNodes(cluster, images);
    await progress.step("operator installed", () => installOperator(cluster, helm, images));
    project.provide("kubeconfig", cluster.kubeconfig);
    project.provide("images", images.references);
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}
