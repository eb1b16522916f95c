import { answers, type Command, freePort, Program, type WaitOptions } from "../program.ts";
import { type Labels, sumOf } from "./exposition.ts";

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

const READY_TIMEOUT_MS = 120_000;

/** An operator that runs as a process of its own. */
export class Contender {
  readonly #program: Program;
  readonly #port: number;

  private constructor(program: Program, port: number) {
    this.#program = program;
    this.#port = port;
  }

  /** `command` gets the port of its metrics; what the process says is appended to `logFile`. */
  static async start(command: (port: number) => Command, logFile: string): Promise<Contender> {
    const port = await freePort();
    return new Contender(await Program.start(command(port), logFile), port);
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** Seconds since the process was started. */
  get age(): number {
    return this.#program.age;
  }

  /** Resolves when the process says that it is ready: its cache is filled. */
  async ready(signal: AbortSignal): Promise<void> {
    const isReady = () => answers(`http://127.0.0.1:${this.#port}/readyz`);
    await this.#program.until(isReady, "is ready", { everyMs: 10, timeoutMs: READY_TIMEOUT_MS, signal });
  }

  /** Resolves when the counters are as they should. */
  async until(check: (counters: Counters) => boolean, what: string, options: WaitOptions): Promise<void> {
    await this.#program.until(async () => check(await this.counters()), what, options);
  }

  async counters(): Promise<Counters> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/metrics`);
    const text = await response.text();
    const sum = (metric: string, accept?: (labels: Labels) => boolean) => sumOf(text, metric, accept);
    const requests = "rest_client_requests_total";
    return {
      // Of platforms: backups have a controller of their own, which the twin has not.
      reconciles: sum("controller_runtime_reconcile_total", ({ controller }) => controller !== "platformbackups"),
      reconcileErrors: sum("controller_runtime_reconcile_errors_total"),
      requests: sum(requests),
      writes: sum(requests, ({ method }) => method !== "GET"),
      failedRequests: sum(requests, ({ code = "" }) => code === "<error>" || code === "429" || code.startsWith("5")),
      busy: sum("workqueue_depth") + sum("controller_runtime_active_workers"),
    };
  }

  /** Asks it to end, and makes it end after a minute. */
  async stop(): Promise<void> {
    await this.#program.stop();
  }
}
