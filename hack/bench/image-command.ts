import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

/** How the image runs the operator: what stands before and after the program, and the environment. */
export interface ImageCommand {
  readonly nodeFlags: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Container {
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** Names a file in the pod. */
const IMAGES_VARIABLE = "PROFILE_PLATFORM_IMAGES";

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
      "the chart's Deployment runs no operator.mjs: hack/bench/image-command.ts must be told how it runs",
    );
  }
  const literals = (container.env ?? []).flatMap(({ name, value }) =>
    value === undefined || name === IMAGES_VARIABLE ? [] : [[name, value] as const],
  );
  const image = [...dockerfile.matchAll(/^ENV (\w+)=(.*)$/gm)].map(
    ([, name = "", value = ""]) => [name, value] as const,
  );
  return {
    nodeFlags: container.args.slice(0, program),
    args: container.args.slice(program + 1),
    env: Object.fromEntries([...image, ...literals]),
  };
}
