import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { bundle } from "./bundle.ts";
import { imageEnvironment } from "./image-environment.ts";

/** How the image runs the operator: what stands before and after the program, and the environment. */
export interface ImageCommand {
  readonly nodeFlags: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The operator, bundled for its image and run outside of it. */
export interface BundledOperator extends ImageCommand {
  /** Path of the bundle. */
  readonly program: string;
}

interface Container {
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** Names a file in the pod. */
const IMAGES_VARIABLE = "PROFILE_PLATFORM_IMAGES";

/** Bundles the operator, unless it is, to be run as image and chart would. */
export async function bundledOperator(
  chart: readonly KubernetesObject[],
  repository: string,
): Promise<BundledOperator> {
  await bundle("operator", repository);
  const dockerfile = await readFile(join(repository, "operator/Dockerfile"), "utf8");
  return { program: join(repository, "operator/build/operator.mjs"), ...imageCommand(chart, dockerfile) };
}

/**
 * Reads from the chart's Deployment and the image's Dockerfile how the operator is run, so that what is measured is what
 * runs in a cluster. Variables that a pod gets from its surroundings are left out.
 */
export function imageCommand(chart: readonly KubernetesObject[], dockerfile: string): ImageCommand {
  const deployment = chart.find(({ kind }) => kind === "Deployment");
  const containers = (deployment?.["spec"] as { template: { spec: { containers: Container[] } } } | undefined)?.template
    .spec.containers;
  const [container] = containers ?? [];
  const program = container?.args.findIndex((arg) => arg.endsWith("/operator.mjs")) ?? -1;
  if (container === undefined || program < 0) {
    throw new Error(
      "the chart's Deployment runs no operator.mjs: hack/images/operator-command.ts must be told how it runs",
    );
  }
  const literals = (container.env ?? []).flatMap(({ name, value }) =>
    value === undefined || name === IMAGES_VARIABLE ? [] : [[name, value] as const],
  );
  return {
    nodeFlags: container.args.slice(0, program),
    args: container.args.slice(program + 1),
    env: { ...imageEnvironment(dockerfile), ...Object.fromEntries(literals) },
  };
}
