import { createInterface } from "node:readline";
import { formatLine, type WriterLine, type WriterSettings } from "./protocol.ts";
import { write } from "./writer.ts";

/** What is under way when it is told to stop gets so long to be answered. */
const LAST_ANSWERS_MS = 2000;

const stop = new AbortController();
const tell = (line: WriterLine): void => void process.stdout.write(`${formatLine(line)}\n`);

// The password comes in by standard input, which nobody else can read.
const input = createInterface({ input: process.stdin });
input.once("line", (line) => {
  const settings = JSON.parse(line) as WriterSettings;
  const ended = settings.writers.map((one) => write(settings, one, tell, stop.signal));
  void Promise.all(ended).then(() => process.exit());
});
input.on("close", () => {
  stop.abort();
  setTimeout(() => process.exit(), LAST_ANSWERS_MS).unref();
});
