import { spawn } from "node:child_process";

export interface CommandOptions {
  /** Written to the standard input of the command. */
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Milliseconds after which the command is ended with SIGKILL. */
  readonly timeout?: number;
}

/** A command that could not be started, or ended with another code than 0. */
export class CommandError extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(message: string, code: number | null, stderr: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
    this.code = code;
    this.stderr = stderr;
  }
}

/** Runs a command to its end and returns its standard output. Throws a CommandError that quotes its last words. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      signal: options.signal,
      timeout: options.timeout,
      killSignal: "SIGKILL",
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // A command that ends without reading its input closes the pipe; its exit code tells what happened.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.on("error", (cause) => {
      reject(new CommandError(`while starting ${program}: ${cause.message}`, null, "", { cause }));
    });
    child.on("close", (code, signal) => {
      const stderr = Buffer.concat(err).toString().trim();
      if (code === 0) resolve(Buffer.concat(out).toString());
      else {
        const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`;
        const words = stderr.split("\n").slice(-5).join("\n");
        reject(new CommandError(`${[program, ...args.slice(0, 6)].join(" ")} ${how}: ${words}`, code, stderr));
      }
    });
  });
}

/** True when the command ends with code 0. */
export async function succeeds(program: string, args: readonly string[], options?: CommandOptions): Promise<boolean> {
  try {
    await run(program, args, options);
    return true;
  } catch {
    return false;
  }
}
