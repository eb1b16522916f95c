import { join } from "node:path";
import { run, succeeds } from "../../cluster/embedded/command.ts";
import type { PlannedImage } from "../plan.ts";
import type { BuildOptions, Engine } from "./engine.ts";

const ANSWER_TIMEOUT = 5_000;

/** True when the docker command is there and an engine answers it. */
export function dockerAnswers(): Promise<boolean> {
  return succeeds("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: ANSWER_TIMEOUT });
}

/** Docker pulls published base images, and keeps its own cache of layers. */
export function dockerEngine(repository: string): Engine {
  return {
    name: "docker",
    bases: "published",
    prepare: () => Promise.resolve(),
    async build(image, options) {
      const command = (args: readonly string[]) => run("docker", args, signalOf(options));
      try {
        await command(dockerBuildArguments(image, repository));
        await command(["save", "--output", options.output, image.reference]);
      } catch (cause) {
        throw new Error(`while building ${image.reference} with docker`, { cause });
      }
    },
    release: () => Promise.resolve(),
  };
}

export function dockerBuildArguments(image: PlannedImage, repository: string): string[] {
  const { base, source } = image;
  if (typeof base === "object")
    throw new Error(`docker builds ${source.name} on a published image, not on ${base.reference}`);
  return [
    "build",
    "--quiet",
    `--tag=${image.reference}`,
    `--file=${join(repository, source.dockerfile)}`,
    ...(base === undefined ? [] : [`--build-arg=BASE=${base}`]),
    ...(source.network ? [] : ["--network=none"]),
    join(repository, source.context),
  ];
}

function signalOf(options: BuildOptions) {
  return options.signal ? { signal: options.signal } : {};
}
