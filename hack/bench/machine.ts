import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { run } from "../cluster/embedded/command.ts";
import { requiredVersion, requireGo } from "../cluster/embedded/go.ts";
import { TWIN_SOURCES } from "./twin-build.ts";

/** What the numbers of a run depend on beside the code. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly go: string;
  readonly kubernetes: string;
  readonly controllerRuntime: string;
  /** Short, with `+` when files differ from it; empty outside of a checkout. */
  readonly commit: string;
}

export async function describeMachine(): Promise<Machine> {
  const [first] = cpus();
  return {
    processor: first?.model.trim() ?? "unknown processor",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: `Node.js ${process.version}`,
    go: await requireGo("the twin"),
    kubernetes: requiredVersion("k8s.io/kubernetes"),
    controllerRuntime: versionIn(readFileSync(`${TWIN_SOURCES}/go.mod`, "utf8"), "sigs.k8s.io/controller-runtime"),
    commit: await commit(),
  };
}

/** What does not depend on who is measured, in two sentences. */
export function describeBriefly({ cores, processor, memoryGiB, kernel, node, kubernetes }: Machine): string {
  return `Machine: ${cores} × ${processor}, ${memoryGiB} GiB, Linux ${kernel}. ${node}, Kubernetes ${kubernetes}.`;
}

/** Version of a module in the text of a go.mod. */
export function versionIn(goMod: string, module: string): string {
  const words = goMod.split("\n").map((line) => line.trim().split(" "));
  return words.find(([name]) => name === module)?.[1] ?? "of unknown version";
}

async function commit(): Promise<string> {
  const inCheckout = { cwd: import.meta.dirname };
  try {
    const name = (await run("git", ["rev-parse", "--short", "HEAD"], inCheckout)).trim();
    const changed = await run(
      "git",
      ["status", "--porcelain", "--untracked-files=no", ":/operator", ":/crds"],
      inCheckout,
    );
    return changed === "" ? name : `${name}+`;
  } catch {
    return "";
  }
}
