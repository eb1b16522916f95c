import { spawn } from "node:child_process";

/** What a command printed, and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Written to the standard input of the command. */
  readonly input?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end, whatever its exit code; -1 stands for a signal. Rejects when it does not start. */
export function runToEnd(
  program: string,
  args: readonly string[],
  { input = "", env = {} }: RunOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
    // One that reads no input may be gone before it is told that there is none.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
