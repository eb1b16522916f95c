import { rename, writeFile } from "node:fs/promises";

/** The raw results of a run, written anew whenever there are more, so that an interruption loses one part. */
export class ResultsFile {
  readonly #path: string;
  #saved: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  save(results: unknown): void {
    const text = JSON.stringify(results, undefined, 2);
    this.#saved = this.#saved.then(() => this.#write(text));
  }

  /** Resolves when everything is written. */
  saved(): Promise<void> {
    return this.#saved;
  }

  /** Moved into place, so that an interruption leaves the former results whole. */
  async #write(text: string): Promise<void> {
    await writeFile(`${this.#path}.new`, `${text}\n`);
    await rename(`${this.#path}.new`, this.#path);
  }
}
