import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatLine, prefix } from "./log-line.ts";

/** Where what runs writes to. */
export interface Output {
  /** A line of a service: shown at once. */
  service(name: string, line: string): void;
  /** What takes the lines of a data service: into a file, and shown once `showData` was called. */
  dataService(name: string): (line: string) => void;
  showData(): void;
  /** A sentence of this program about one that runs. */
  say(name: string, sentence: string): void;
}

/** `write` takes whole lines with their ends; `logs` is the folder of the files. */
export function createOutput(write: (text: string) => void, logs: string, isRaw: boolean): Output {
  let isDataShown = false;
  const show = (name: string, text: string): void => {
    for (const line of text.split("\n")) write(`${prefix(name)}${line}\n`);
  };
  const service = (name: string, line: string): void => show(name, isRaw ? line : formatLine(line));
  return {
    service,
    dataService(name) {
      const path = join(logs, `${name}.log`);
      writeFileSync(path, "", { mode: 0o600 });
      return (line) => {
        appendFileSync(path, `${line}\n`);
        if (isDataShown) show(name, line);
      };
    },
    showData: () => void (isDataShown = true),
    say: (name, sentence) => show(name, `── ${sentence}`),
  };
}
