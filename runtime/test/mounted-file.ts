import { existsSync, mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file of a mounted ConfigMap. It is changed as kubelet does: a link is turned to a new folder, all at once. */
export class MountedFile {
  readonly path: string;
  readonly #folder: string;
  readonly #name: string;

  /** @param within folder to mount it in */
  constructor(within: string, name: string) {
    this.#folder = mkdtempSync(join(within, "mounted-"));
    this.#name = name;
    this.path = join(this.#folder, name);
  }

  write(text: string): void {
    const version = mkdtempSync(join(this.#folder, "..version-"));
    writeFileSync(join(version, this.#name), text);
    const link = join(this.#folder, "..data_tmp");
    symlinkSync(version, link);
    renameSync(link, join(this.#folder, "..data"));
    if (!existsSync(this.path)) symlinkSync(join("..data", this.#name), this.path);
  }

  /** What is left when the ConfigMap has lost its entry. */
  empty(): void {
    const version = join(this.#folder, "..empty");
    mkdirSync(version, { recursive: true });
    const link = join(this.#folder, "..data_tmp");
    symlinkSync(version, link);
    renameSync(link, join(this.#folder, "..data"));
  }
}
