import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { identifyChild, type ProcessIdentity } from "../cluster/embedded/process-identity.ts";

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Program {
  /** As it is called in front of its output. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All that it finds in its environment, but for PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Whom it runs as; the caller when left out. */
  readonly user?: User | undefined;
  /** What has it end in good order. */
  readonly stopSignal: "SIGTERM" | "SIGINT";
  /** Milliseconds that it may take for that, before it is killed. */
  readonly stopWithin: number;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly name: string;
  readonly identity: ProcessIdentity;
  /** Resolves when it has ended and all that it wrote has been handed on. Never rejects. */
  readonly ended: Promise<Ending>;
  hasEnded(): boolean;
  /** Has it end, and resolves when it is gone, with all that it started. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/**
 * Starts a program in a process group of its own: Ctrl-C in a terminal reaches the caller alone, who ends everything in
 * order. Should the caller be killed, the kernel sends the program the signal that has it end.
 *
 * @param onLine takes each line of its output
 * @throws Error when it cannot be started
 */
export function launch(program: Program, onLine: (line: string) => void): Running {
  const { name, env, cwd, stopSignal, stopWithin, user } = program;
  const args = ["--pdeathsig", stopSignal.slice("SIG".length), "--", program.program, ...program.args];
  const child = spawn("setpriv", args, {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    ...user,
  });
  const { pid } = child;
  let end: Ending | undefined;
  const ended = new Promise<Ending>((resolve) => {
    const finish = (ending: Ending): void => resolve((end ??= ending));
    child.once("error", () => finish({ code: null, signal: null }));
    child.once("close", (code, signal) => finish({ code, signal }));
    child.once("exit", (code, signal) => {
      // What it started and did not end itself is in its group. At once: later, the number may be that of another one.
      if (pid !== undefined) signalGroup(pid, "SIGKILL");
      // What has left the group may hold the pipes for longer, and must not hold up everything else.
      void delay(1_000, undefined, { ref: false }).then(() => finish({ code, signal }));
    });
  });
  const identity = pid === undefined ? undefined : identifyChild(pid);
  if (pid === undefined || identity === undefined) {
    throw new Error(`${name} did not start: is setpriv there (Debian's package util-linux)?`);
  }
  for (const stream of [child.stdout, child.stderr]) eachLine(stream, onLine);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null || end !== undefined;
  const kill = (): void => {
    if (!hasEnded()) signalGroup(pid, "SIGKILL");
  };
  return {
    name,
    identity,
    ended,
    hasEnded,
    kill,
    async stop() {
      child.kill(stopSignal);
      const inTime = await Promise.race([ended, delay(stopWithin, undefined, { ref: false })]);
      if (inTime === undefined) kill();
      await ended;
    },
  };
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on("line", onLine);
}

/** Signals what is in a group; it may be that nothing is any more. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ESRCH") throw new Error(`while ending process ${leader}`, { cause });
  }
}
