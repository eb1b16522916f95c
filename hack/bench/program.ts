import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** How a program is run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface WaitOptions {
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const STOP_TIMEOUT_MS = 60_000;

/** A program that is measured, as a process of its own. */
export class Program {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #began = performance.now();

  private constructor(child: ChildProcess, logFile: string) {
    this.#child = child;
    this.#logFile = logFile;
  }

  /** What the process says is appended to `logFile`. */
  static async start({ program, args, env }: Command, logFile: string): Promise<Program> {
    const log = openSync(logFile, "a", 0o600);
    try {
      const { PATH = "", HOME = "" } = process.env;
      const child = spawn(program, args, { stdio: ["ignore", log, log], env: { PATH, HOME, ...env } });
      await once(child, "spawn");
      return new Program(child, logFile);
    } catch (cause) {
      throw new Error(`while starting ${program}`, { cause });
    } finally {
      closeSync(log);
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Seconds since the process was started. */
  get age(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** Resolves when the check does so with true. Throws when the process ends before, or time is up. */
  async until(check: () => Promise<boolean>, what: string, options: WaitOptions): Promise<void> {
    const { everyMs, timeoutMs, signal } = options;
    const end = performance.now() + timeoutMs;
    while (!(await check())) {
      signal.throwIfAborted();
      if (this.#hasEnded()) throw new Error(`the process ended before it ${what}: see the end of ${this.#logFile}`);
      if (performance.now() > end)
        throw new Error(`it took the process more than ${timeoutMs / 1000} s until it ${what}`);
      await delay(everyMs);
    }
  }

  /** Asks it to end, and makes it end after a minute. */
  async stop(): Promise<void> {
    if (this.#hasEnded()) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** Whether an address answers with a status that tells of success. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
