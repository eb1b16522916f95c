import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { eventually } from "../../support/eventually.ts";

const MAIN = fileURLToPath(new URL("../../../../operator/src/main.ts", import.meta.url));

export interface OperatorSettings {
  /** Of the operator's service account, with the rights that the chart gives it and no others. */
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly logFile: string;
}

/** The real operator, as a process of its own. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #offset: number;

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

  static async launch({ kubeconfig, namespace, logFile }: OperatorSettings): Promise<OperatorProcess> {
    const offset = await readFile(logFile).then(
      (content) => content.length,
      () => 0,
    );
    const args = ["run", "--kubeconfig", kubeconfig, "--namespace", namespace, "--metrics-port", "0"];
    const child = spawn(process.execPath, [MAIN, ...args, "--log-level", "debug"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(logFile, { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    return new OperatorProcess(child, logFile, offset);
  }

  /** What this process has logged so far. */
  async log(): Promise<string> {
    if (this.#child.exitCode !== null)
      throw new Error(`the operator ended with ${this.#child.exitCode}: ${this.#logFile}`);
    return (await readFile(this.#logFile)).subarray(this.#offset).toString("utf8");
  }

  /** Port of its metrics and health. */
  async port(): Promise<number> {
    const line = (await this.log()).split("\n").find((text) => text.includes("Serving metrics"));
    return (JSON.parse(line ?? "{}") as { readonly port: number }).port;
  }

  /** The value of a metric: the line's name with its labels, such as `a_total{kind="b"}`. */
  async metric(series: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${await this.port()}/metrics`)).text();
    const line = text.split("\n").find((one) => one.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1));
  }

  /** Asks it to stop and returns its exit code. */
  stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
    return this.#child.exitCode;
  }
}
