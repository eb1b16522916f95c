import { formatSeconds } from "../cluster/index.ts";

/** Times of steps, in the order in which they began. Steps may overlap. */
export class Stopwatch {
  readonly #now: () => number;
  readonly #began: number;
  readonly #steps: { readonly name: string; milliseconds: number | undefined }[] = [];

  /** `now` counts milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#began = now();
  }

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const step: { readonly name: string; milliseconds: number | undefined } = { name, milliseconds: undefined };
    this.#steps.push(step);
    const began = this.#now();
    const result = await work();
    step.milliseconds = this.#now() - began;
    return result;
  }

  /** Milliseconds of a step; undefined while it runs. */
  of(name: string): number | undefined {
    return this.#steps.find((step) => step.name === name)?.milliseconds;
  }

  /** A line a step, and the total from the beginning to now. */
  table(): string {
    const rows = this.#steps.map(({ name, milliseconds }) => row(name, milliseconds));
    return [...rows, row("total", this.#now() - this.#began)].join("\n");
  }
}

function row(name: string, milliseconds: number | undefined): string {
  const time = milliseconds === undefined ? "(unfinished)" : formatSeconds(milliseconds);
  return `  ${name.padEnd(24)}${time.padStart(9)}`;
}
