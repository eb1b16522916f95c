import type { Console } from "./console.ts";

/** A console that keeps what was written. */
export class RecordingConsole implements Console {
  readonly colors = false;
  stdout = "";
  stderr = "";

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }
}
