import { spawn } from "node:child_process";
import { delimiter, resolve as resolvePath } from "node:path";

// Programs such as tsc find their Node on the PATH, and it has to be the project's.
const PATH = `${resolvePath("node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`;

/** A program of this repository, run with the project's Node or by its path. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

export interface CommandEnd {
  /** Exit code; 1 when a signal or the time limit ended it. */
  readonly code: number;
  readonly output: string;
  readonly timedOut: boolean;
}

const live = new Set<number>();

/**
 * Runs a command to its end. Output is passed on as it comes (`stream`) or kept for when it is needed. The command gets
 * a process group of its own, so that what it started ends with it.
 */
export function runCommand({ program, args, timeoutMs }: Command, stream: boolean): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      detached: true,
      env: { ...process.env, PATH },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { pid } = child;
    if (pid !== undefined) live.add(pid);
    const chunks: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (pid !== undefined) endGroup(pid);
    }, timeoutMs);
    for (const from of [child.stdout, child.stderr]) {
      from.on("data", (chunk: Buffer) => {
        if (stream) process.stdout.write(chunk);
        else chunks.push(chunk);
      });
    }
    child.on("error", (cause) => {
      clearTimeout(timer);
      reject(new Error(`while starting ${program}`, { cause }));
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (pid !== undefined) live.delete(pid);
      resolve({ code: timedOut ? 1 : (code ?? 1), output: Buffer.concat(chunks).toString(), timedOut });
    });
  });
}

/** Asks everything that still runs to end: for an interrupted run. */
export function endAll(): void {
  for (const pid of live) endGroup(pid);
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It ended meanwhile.
  }
}
