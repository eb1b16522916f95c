import { setTimeout as sleep } from "node:timers/promises";
import type { Phase } from "../figures/phase.ts";
import type { Outage } from "./outage.ts";

export interface CourseOptions {
  readonly outages: readonly Outage[];
  /** Milliseconds of undisturbed load before the first outage, and after each. */
  readonly quietMs: number;
  /** Resolves once the platform does everything again; throws when that takes too long. */
  readonly recovered: () => Promise<void>;
  readonly now: () => number;
  readonly say: (text: string) => void;
}

/** Kills one service after the other, each once the platform has recovered from the one before. */
export class Course {
  readonly #options: CourseOptions;
  readonly #begun: { readonly name: string; readonly from: number }[] = [];

  constructor(options: CourseOptions) {
    this.#options = options;
  }

  /**
   * @param signal ends it before the next outage
   * @throws Error that names the outage when the platform does not recover from it
   */
  async run(signal: AbortSignal): Promise<void> {
    const { outages, quietMs, recovered, now, say } = this.#options;
    this.#begin("before");
    for (const { name, kill, restored } of outages) {
      await rest(quietMs, signal);
      if (signal.aborted) return;
      say(`${name} is killed`);
      this.#begin(`${name} killed`);
      const killedAt = now();
      try {
        await kill();
        await restored();
        say(`${name} runs again ${seconds(now() - killedAt)} s after it was killed`);
        await recovered();
      } catch (cause) {
        throw new Error(`the platform did not recover after ${name} was killed`, { cause });
      }
      say(`everything is done again ${seconds(now() - killedAt)} s after ${name} was killed`);
      this.#begin(`after ${name}`);
    }
    await rest(quietMs, signal);
  }

  /** What has happened so far; the last phase goes on until `to`. */
  phases(to: number): readonly Phase[] {
    return this.#begun.map(({ name, from }, index) => ({ name, from, to: this.#begun[index + 1]?.from ?? to }));
  }

  #begin(name: string): void {
    this.#begun.push({ name, from: this.#options.now() });
  }
}

async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
