import { readFileSync } from "node:fs";
import type { OperatorBench } from "../e2e/control-plane/support/operator-bench.ts";
import type { OperatorProcess } from "../e2e/control-plane/support/operator-process.ts";

const BYTES_PER_MIB = 1024 * 1024;
const KIB = 1024;

/** An operator that is started again when it ends, as a kubelet would; counts how often, and knows its memory. */
export class SupervisedOperator {
  readonly #bench: OperatorBench;
  readonly #kubeconfig: string;
  readonly #measured: number[] = [];
  #process: OperatorProcess | undefined;
  #exits = 0;

  private constructor(bench: OperatorBench, kubeconfig: string) {
    this.#bench = bench;
    this.#kubeconfig = kubeconfig;
  }

  static async start(bench: OperatorBench, kubeconfig: string): Promise<SupervisedOperator> {
    const operator = new SupervisedOperator(bench, kubeconfig);
    void operator.#follow(await bench.startOperator({ kubeconfig }));
    return operator;
  }

  /** How often it has ended by itself. */
  get exits(): number {
    return this.#exits;
  }

  /** Resident memory at the first and the last measurement, and the most of all, in whole MiB. */
  get memory(): { readonly start: number; readonly end: number; readonly most: number } {
    const measured = this.#measured;
    return { start: measured[0] ?? 0, end: measured.at(-1) ?? 0, most: Math.max(0, ...measured) };
  }

  /** Measures its memory now. */
  remember(): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    try {
      const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      this.#measured.push(Math.round((Number(kib) * KIB) / BYTES_PER_MIB));
    } catch {
      // It has just ended, and is counted for that.
    }
  }

  async #follow(started: OperatorProcess): Promise<void> {
    this.#process = started;
    // The bench ends its operators by a signal.
    while (this.#process !== undefined && (await this.#process.ended()) !== null) {
      this.#exits += 1;
      this.#process = await this.#bench.launchOperator({ kubeconfig: this.#kubeconfig });
    }
  }
}
