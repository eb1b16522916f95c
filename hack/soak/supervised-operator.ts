import { memoryOf } from "../bench/usage.ts";
import type { OperatorBench, OperatorChoices } from "../e2e/control-plane/support/operator-bench.ts";
import type { OperatorProcess } from "../e2e/control-plane/support/operator-process.ts";
import { type MemorySample, summarizeMemory, type UsedMemory } from "./memory.ts";

const BYTES_PER_MIB = 1024 * 1024;

/** An operator that is started again when it ends, as a kubelet would; counts how often, and knows its memory. */
export class SupervisedOperator {
  readonly #bench: OperatorBench;
  readonly #choices: OperatorChoices;
  readonly #measured: MemorySample[] = [];
  #process: OperatorProcess | undefined;
  #exits = 0;

  private constructor(bench: OperatorBench, choices: OperatorChoices) {
    this.#bench = bench;
    this.#choices = choices;
  }

  static async start(bench: OperatorBench, choices: OperatorChoices): Promise<SupervisedOperator> {
    const operator = new SupervisedOperator(bench, choices);
    void operator.#follow(await bench.startOperator(choices));
    return operator;
  }

  /** How often it has ended by itself. */
  get exits(): number {
    return this.#exits;
  }

  get memory(): UsedMemory {
    return summarizeMemory(this.#measured);
  }

  /** Measures its memory now. */
  async remember(): Promise<void> {
    const operator = this.#process;
    if (operator?.pid === undefined) return;
    try {
      const { resident } = memoryOf(operator.pid);
      const heap = await operator.metric("nodejs_heap_size_used_bytes");
      this.#measured.push({ resident, heap: heap / BYTES_PER_MIB });
    } catch {
      // It has just ended, and is counted for that.
    }
  }

  async #follow(started: OperatorProcess): Promise<void> {
    this.#process = started;
    // The bench ends its operators by a signal.
    while (this.#process !== undefined && (await this.#process.ended()) !== null) {
      this.#exits += 1;
      this.#process = await this.#bench.launchOperator(this.#choices);
    }
  }
}
