import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { cacheRoot, type Progress } from "../cluster/index.ts";
import { ensureHelm } from "../helm/helm.ts";
import { renderChart } from "../helm/render.ts";
import { bundle } from "../images/bundle.ts";
import type { Command } from "./contender.ts";
import { NAMESPACE } from "./control-plane.ts";
import { type ImageCommand, imageCommand } from "./image-command.ts";
import type { Settings } from "./settings.ts";
import { buildTwin } from "./twin-build.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

/** Both programs, built, and what the chart gives the operator. */
export interface Programs {
  readonly chart: readonly KubernetesObject[];
  readonly operator: ImageCommand;
  readonly twin: string;
}

export async function buildPrograms(progress: Progress): Promise<Programs> {
  const helm = await ensureHelm();
  const chart = await renderChart(helm);
  await progress.step("the operator bundled", async () => void (await bundle("operator", REPOSITORY)));
  const dockerfile = await readFile(join(REPOSITORY, "operator/Dockerfile"), "utf8");
  return { chart, operator: imageCommand(chart, dockerfile), twin: await buildTwin(cacheRoot(), progress) };
}

/** Runs the bundle as the image does. Without a profile, nothing is added to its flags. */
export function operatorCommand(
  { nodeFlags, args, env }: ImageCommand,
  kubeconfig: string,
  { concurrency, profile }: Pick<Settings, "concurrency" | "profile">,
): (port: number) => Command {
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  return (port) => ({
    program: process.execPath,
    args: [
      ...nodeFlags,
      ...profiling,
      join(REPOSITORY, "operator/build/operator.mjs"),
      ...args,
      "--kubeconfig",
      kubeconfig,
      "--namespace",
      NAMESPACE,
      ...working(port, concurrency),
    ],
    env,
  });
}

export function twinCommand(
  program: string,
  kubeconfig: string,
  template: string,
  { concurrency, twinAtOnce }: Pick<Settings, "concurrency" | "twinAtOnce">,
): (port: number) => Command {
  return (port) => ({
    program,
    args: [
      "--kubeconfig",
      kubeconfig,
      "--namespace",
      NAMESPACE,
      "--template",
      template,
      "--objects-at-once",
      String(twinAtOnce),
      ...working(port, concurrency),
    ],
    env: {},
  });
}

/** Flags that both take. */
function working(port: number, concurrency: number): readonly string[] {
  return ["--metrics-port", String(port), "--max-concurrent-reconciles", String(concurrency)];
}
