import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { run } from "../cluster/embedded/command.ts";
import { requireGo } from "../cluster/embedded/go.ts";

/** What the numbers of a run depend on beside the code. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly go: string;
  /** Short, with `+` when files differ from it; empty outside of a checkout. */
  readonly commit: string;
}

/** @param folders that hold what is measured, from the root of the repository */
export async function describeMachine(folders: readonly string[]): Promise<Machine> {
  const [first] = cpus();
  return {
    processor: first?.model.trim() ?? "unknown processor",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: `Node.js ${process.version}`,
    go: await requireGo("the twin"),
    commit: await commit(folders),
  };
}

/** What does not depend on who is measured, in two sentences. `software`: what runs beside Node.js. */
export function describeBriefly(machine: Machine, ...software: readonly string[]): string {
  const { cores, processor, memoryGiB, kernel, node } = machine;
  return `Machine: ${cores} × ${processor}, ${memoryGiB} GiB, Linux ${kernel}. ${[node, ...software].join(", ")}.`;
}

/** Version that a go.mod names of a module. */
export function moduleVersion(goMod: string, module: string): string {
  return versionIn(readFileSync(goMod, "utf8"), module);
}

/** Version of a module in the text of a go.mod. */
export function versionIn(goMod: string, module: string): string {
  const words = goMod.split("\n").map((line) => line.trim().split(" "));
  return words.find(([name]) => name === module)?.[1] ?? "of unknown version";
}

async function commit(folders: readonly string[]): Promise<string> {
  const inCheckout = { cwd: import.meta.dirname };
  const paths = folders.map((folder) => `:/${folder}`);
  try {
    const name = (await run("git", ["rev-parse", "--short", "HEAD"], inCheckout)).trim();
    const changed = await run("git", ["status", "--porcelain", "--untracked-files=no", ...paths], inCheckout);
    return changed === "" ? name : `${name}+`;
  } catch {
    return "";
  }
}
