/** Tells what goes on and how long it takes. */
export interface Progress {
  /** Runs the action as a named step. What it returns, a string apart from all else, is shown behind the name. */
  step<T>(name: string, action: (note: (text: string) => void) => Promise<T>): Promise<T>;
  line(text: string): void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const REDRAW_INTERVAL = 200;
const REPORT_INTERVAL = 15_000;

/** Writes a line a step: redrawn while it runs on a terminal, repeated now and then where lines only add up. */
export function createProgress(output: Output = process.stderr, now: () => number = Date.now): Progress {
  let running = 0;
  return {
    line: (text) => void output.write(`${text}\n`),
    async step(name, action) {
      const begin = now();
      let note = "";
      const text = (mark: string) => `${mark} ${name}${note && `: ${note}`} (${formatSeconds(now() - begin)})`;
      // Two steps at once would redraw each other's line.
      const redraw = output.isTTY === true && running === 0;
      running += 1;
      const timer = setInterval(
        () => output.write(redraw ? `\r\x1b[K${text("…")}` : `${text("…")}\n`),
        redraw ? REDRAW_INTERVAL : REPORT_INTERVAL,
      );
      try {
        const result = await action((words) => (note = words));
        output.write(`${redraw ? "\r\x1b[K" : ""}${text("✓")}\n`);
        return result;
      } catch (cause) {
        output.write(`${redraw ? "\r\x1b[K" : ""}${text("✗")}\n`);
        throw cause;
      } finally {
        clearInterval(timer);
        running -= 1;
      }
    },
  };
}

/** For callers that want no output, tests say. */
export const silent: Progress = { step: (_name, action) => action(() => undefined), line: () => undefined };

/** "0.4s", "12.0s", "3m05s". */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, "0")}s`;
}
