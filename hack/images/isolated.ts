import { readFile } from "node:fs/promises";
import { run } from "../cluster/embedded/command.ts";

export interface IsolatedOptions {
  /** Takes everything that the command prints. */
  readonly log: string;
  /** Folder for temporary files. */
  readonly temporary: string;
  readonly network: boolean;
  readonly signal?: AbortSignal | undefined;
}

const LINES_QUOTED = 12;

/**
 * Puts a command into mount and process namespaces of its own, and one without a network unless it needs one. However
 * it ends, also by SIGKILL or with this process, the kernel takes its mounts and children along.
 */
export function isolate(command: readonly string[], network: boolean): string[] {
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", ...(network ? [] : ["--net"])];
  return ["setpriv", "--pdeathsig", "KILL", "unshare", ...namespaces, ...command];
}

/** Runs a command isolated, with its output in a log. Throws an error that quotes the log's last lines. */
export async function runIsolated(command: readonly string[], options: IsolatedOptions): Promise<void> {
  try {
    await run("sh", ["-c", 'exec "$@" >>"$0" 2>&1', options.log, ...isolate(command, options.network)], {
      env: { TMPDIR: options.temporary },
      ...(options.signal && { signal: options.signal }),
    });
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    const output = await readFile(options.log, "utf8").catch(() => "");
    const lines = output.trimEnd().split("\n").slice(-LINES_QUOTED).join("\n  ");
    throw new Error(`${command[0]} failed; the log ${options.log} ends with:\n  ${lines}`, { cause });
  }
}
