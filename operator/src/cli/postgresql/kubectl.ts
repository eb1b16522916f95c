import { type SpawnOptions, spawn } from "node:child_process";
import { UsageError } from "../../errors.ts";
import type { ClusterOptions } from "../cluster.ts";

/** Where a command runs. */
export interface Container {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a container to its end. Throws UsageError where there is no kubectl. */
export async function execute(
  cluster: ClusterOptions,
  container: Container,
  command: readonly string[],
): Promise<Executed> {
  const child = start(execArguments(cluster, container, [], command), { stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      texts[stream] += text;
    });
  }
  return { code: await exitCode(child), ...texts };
}

/** Hands a person's terminal, or what is piped in and out, over to a command in a container; returns its exit code. */
export async function attach(
  cluster: ClusterOptions,
  container: Container,
  command: readonly string[],
): Promise<number> {
  const flags = process.stdin.isTTY && process.stdout.isTTY ? ["--stdin", "--tty"] : ["--stdin"];
  return exitCode(start(execArguments(cluster, container, flags, command), { stdio: "inherit" }));
}

/** Arguments of kubectl. */
export function execArguments(
  { kubeconfig, context }: ClusterOptions,
  { namespace, pod, container }: Container,
  flags: readonly string[],
  command: readonly string[],
): readonly string[] {
  return [
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
    ...(context === undefined ? [] : ["--context", context]),
    "exec",
    "--namespace",
    namespace,
    pod,
    "--container",
    container,
    ...flags,
    "--",
    ...command,
  ];
}

function start(args: readonly string[], options: SpawnOptions) {
  return spawn("kubectl", args, options);
}

function exitCode(child: ReturnType<typeof start>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", (cause: NodeJS.ErrnoException) => {
    const missing =
      "This command runs programs in the pods of PostgreSQL by kubectl, which is not on your PATH: install it.";
    reject(cause.code === "ENOENT" ? new UsageError(missing, { cause }) : cause);
  });
  // After its output has been read to the end.
  child.once("close", (code) => resolve(code ?? 1));
  return promise;
}
