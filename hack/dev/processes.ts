import { launch, type Program, type Running } from "./launch.ts";
import { recordProcesses } from "./leftovers.ts";

/** All that a run has started and that has not ended, on record for the next one. */
export class Processes {
  readonly #record: string;
  #running: readonly Running[] = [];

  /** @param record path of the file to keep the record in */
  constructor(record: string) {
    this.#record = record;
  }

  launch(program: Program, onLine: (line: string) => void): Running {
    const running = launch(program, onLine);
    this.#running = [...this.#running.filter((each) => !each.hasEnded()), running];
    recordProcesses(this.#record, this.#running);
    return running;
  }

  /** Ends everything at once. */
  killAll(): void {
    for (const running of this.#running) running.kill();
  }
}
