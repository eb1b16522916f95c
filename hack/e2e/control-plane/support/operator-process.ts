import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { endsWithParent } from "../../../cluster/embedded/parent-death.ts";
import { eventually } from "../../support/eventually.ts";
import { sumOf } from "../../support/exposition.ts";

const MAIN = fileURLToPath(new URL("../../../../operator/src/main.ts", import.meta.url));

export interface OperatorSettings {
  /** Of the operator's service account, with the rights that the chart gives it and no others. */
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly logFile: string;
  /** Default: what OPERATOR_PROGRAM names, or the source. A bundle starts in a third of the time. */
  readonly program?: string;
  /** Flags of Node.js. */
  readonly nodeFlags?: readonly string[];
  /** Further flags of `run`. */
  readonly args?: readonly string[];
}

/** Reconciles of platforms: backups have a controller of their own, which begins at the same time. */
export const PLATFORM_RECONCILES = 'controller_runtime_reconcile_total{controller="profileplatforms"}';

/** The real operator, as a process of its own. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #offset: number;
  #port: number | undefined;

  private constructor(child: ChildProcess, logFile: string, offset: number) {
    this.#child = child;
    this.#logFile = logFile;
    this.#offset = offset;
  }

  /** Resolves when it leads, that is when its reconciles begin. Logs of several are appended to the one file. */
  static async start(settings: OperatorSettings): Promise<OperatorProcess> {
    const operator = await OperatorProcess.launch(settings);
    await eventually(async () => ((await operator.log()).includes('"msg":"Leading"') ? true : undefined), {
      what: "the operator leads",
      timeoutMs: 60_000,
      everyMs: 50,
    });
    return operator;
  }

  static async launch(settings: OperatorSettings): Promise<OperatorProcess> {
    const { kubeconfig, namespace, logFile, nodeFlags = [], args: further = [] } = settings;
    const { program = process.env["OPERATOR_PROGRAM"] ?? MAIN } = settings;
    const offset = await stat(logFile).then(
      ({ size }) => size,
      () => 0,
    );
    const args = ["run", "--kubeconfig", kubeconfig, "--namespace", namespace, "--metrics-port", "0"];
    const command = endsWithParent({
      program: process.execPath,
      args: [...nodeFlags, program, ...args, "--log-level", "debug", ...further],
    });
    const child = spawn(command.program, command.args, { stdio: ["ignore", "pipe", "pipe"] });
    const log = createWriteStream(logFile, { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    return new OperatorProcess(child, logFile, offset);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What this process has logged so far. */
  async log(): Promise<string> {
    const log = await readFrom(this.#logFile, this.#offset);
    const { exitCode } = this.#child;
    if (exitCode !== null) throw new Error(`the operator ended with ${exitCode}; its last words: ${lastWords(log)}`);
    return log;
  }

  /** Port of its metrics and health. */
  async port(): Promise<number> {
    // Found once: the log has megabytes in the end, and those who wait ask for metrics again and again.
    if (this.#port === undefined || this.#child.exitCode !== null) this.#port = portIn(await this.log());
    if (this.#port === undefined) throw new Error("the operator does not serve metrics yet");
    return this.#port;
  }

  /** The sum of a metric over what has the labels given, such as `a_total{kind="b"}`; NaN when nothing has. */
  async metric(series: string): Promise<number> {
    return sumOf(await (await fetch(`http://127.0.0.1:${await this.port()}/metrics`)).text(), series);
  }

  /** Asks it to stop and returns its exit code. */
  stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Stops it between two instructions, as a machine that hangs or sleeps. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  /** Resolves with its exit code when it has ended by itself; null when a signal ended it. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
    return this.#child.exitCode;
  }
}

/** What is in a file from a byte on: before it there may be megabytes of earlier processes. */
async function readFrom(path: string, offset: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - offset)), { position: offset });
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

function portIn(log: string): number | undefined {
  const line = log.split("\n").find((text) => text.includes("Serving metrics"));
  return line === undefined ? undefined : (JSON.parse(line) as { readonly port: number }).port;
}

/** What it said at the end, without the details of its work. */
function lastWords(log: string): string {
  const lines = log.trim().split("\n");
  return lines
    .filter((line) => !line.includes('"level":"debug"'))
    .slice(-3)
    .join("\n");
}
