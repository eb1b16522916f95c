import { join } from "node:path";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { cacheRoot, type Progress } from "../../cluster/index.ts";
import { ensureHelm } from "../../helm/helm.ts";
import { renderChart } from "../../helm/render.ts";
import { type BundledOperator, bundledOperator } from "../../images/operator-command.ts";
import { buildGoProgram } from "../go-program.ts";
import type { Command } from "../program.ts";
import { NAMESPACE } from "./control-plane.ts";
import type { Settings } from "./settings.ts";
import { TWIN } from "./twin.ts";

const REPOSITORY = join(import.meta.dirname, "../../..");

/** Both programs, built, and what the chart gives the operator. */
export interface Programs {
  readonly chart: readonly KubernetesObject[];
  readonly operator: BundledOperator;
  readonly twin: string;
}

export async function buildPrograms(progress: Progress): Promise<Programs> {
  const helm = await ensureHelm();
  const chart = await renderChart(helm);
  const operator = await progress.step("the operator bundled", () => bundledOperator(chart, REPOSITORY));
  return { chart, operator, twin: await buildGoProgram(TWIN, cacheRoot(), progress) };
}

/** Runs the bundle as the image does. Without a profile, nothing is added to its flags. */
export function operatorCommand(
  { program, nodeFlags, args, env }: BundledOperator,
  kubeconfig: string,
  { concurrency, profile }: Pick<Settings, "concurrency" | "profile">,
): (port: number) => Command {
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  return (port) => ({
    program: process.execPath,
    args: [
      ...nodeFlags,
      ...profiling,
      program,
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
