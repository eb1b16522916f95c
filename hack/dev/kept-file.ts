import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The text of a file that only its owner reads; made when it is first asked for, and kept. */
export function keptFile(path: string, make: () => string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw new Error(`while reading ${path}`, { cause });
  }
  const text = make();
  writeOwn(path, text);
  return text;
}

/** Writes a file that only its owner reads, whole or not at all: an interrupted run leaves no half of it. */
export function writeOwn(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
