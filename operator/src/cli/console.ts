/** Where a command writes, and what it may assume of the terminal. */
export interface Console {
  out(text: string): void;
  err(text: string): void;
  /** Whether colours reach a person. */
  readonly colors: boolean;
}

export function systemConsole(env: NodeJS.ProcessEnv = process.env): Console {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    // https://no-color.org
    colors: process.stdout.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb",
  };
}
