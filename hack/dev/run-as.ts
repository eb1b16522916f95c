import { execFile } from "node:child_process";
import type { User } from "./launch.ts";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whom it runs as; the caller when left out. */
  readonly user?: User | undefined;
  /** Written to its standard input. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end. @throws Error with its last words when it does not end well */
export function runAs(program: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const { cwd, env, user, input, signal } = options;
  return new Promise((resolve, reject) => {
    const settings = { cwd, signal, env: { PATH: process.env["PATH"] ?? "", ...env }, ...user };
    const child = execFile(program, args, settings, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${program} failed: ${lastWords(`${stdout}${stderr}`)}`, { cause: error }));
    });
    // What ends without reading its input closes the pipe; how it ended tells why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input ?? "");
  });
}

function lastWords(output: string): string {
  return output.trim().split("\n").slice(-5).join("\n") || "it said nothing";
}
