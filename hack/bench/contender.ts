import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Labels, sumOf } from "./exposition.ts";

/** How one of the two operators is run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What an operator says of itself, in numbers that only grow. */
export interface Counters {
  readonly reconciles: number;
  readonly reconcileErrors: number;
  readonly requests: number;
  readonly writes: number;
  /** Requests without an answer, or that the API server could not or would not handle then. */
  readonly failedRequests: number;
  /** Keys that wait or are worked on now. */
  readonly busy: number;
}

export interface WaitOptions {
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;

/** An operator that runs as a process of its own. */
export class Contender {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #began = performance.now();

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  /** `command` gets the port of its metrics; what the process says is appended to `logFile`. */
  static async start(command: (port: number) => Command, logFile: string): Promise<Contender> {
    const port = await freePort();
    const { program, args, env } = command(port);
    const log = openSync(logFile, "a", 0o600);
    try {
      const { PATH = "", HOME = "" } = process.env;
      const child = spawn(program, args, { stdio: ["ignore", log, log], env: { PATH, HOME, ...env } });
      await once(child, "spawn");
      return new Contender(child, port);
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

  /** Resolves when the process says that it is ready: its cache is filled. */
  async ready(signal: AbortSignal): Promise<void> {
    await this.#until(() => this.#isReady(), "is ready", { everyMs: 10, timeoutMs: READY_TIMEOUT_MS, signal });
  }

  /** Resolves when the counters are as they should. */
  async until(check: (counters: Counters) => boolean, what: string, options: WaitOptions): Promise<void> {
    await this.#until(async () => check(await this.counters()), what, options);
  }

  async counters(): Promise<Counters> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/metrics`);
    const text = await response.text();
    const sum = (metric: string, accept?: (labels: Labels) => boolean) => sumOf(text, metric, accept);
    const requests = "rest_client_requests_total";
    return {
      reconciles: sum("controller_runtime_reconcile_total"),
      reconcileErrors: sum("controller_runtime_reconcile_errors_total"),
      requests: sum(requests),
      writes: sum(requests, ({ method }) => method !== "GET"),
      failedRequests: sum(requests, ({ code = "" }) => code === "<error>" || code === "429" || code.startsWith("5")),
      busy: sum("workqueue_depth") + sum("controller_runtime_active_workers"),
    };
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

  async #until(check: () => Promise<boolean>, what: string, options: WaitOptions): Promise<void> {
    const { everyMs, timeoutMs, signal } = options;
    const end = performance.now() + timeoutMs;
    while (!(await check())) {
      signal.throwIfAborted();
      if (this.#hasEnded()) throw new Error(`the process ended before it ${what}`);
      if (performance.now() > end)
        throw new Error(`it took the process more than ${timeoutMs / 1000} s until it ${what}`);
      await delay(everyMs);
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.#port}/readyz`)).ok;
    } catch {
      return false;
    }
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
