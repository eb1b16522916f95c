import { createLogger, type Logger } from "../kit/log.ts";

/** A real logger whose lines are kept for a test to read. */
export function recordingLog(): { readonly log: Logger; readonly lines: () => readonly Record<string, unknown>[] } {
  const written: string[] = [];
  const log = createLogger("trace", { write: (line) => void written.push(line) });
  return { log, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
