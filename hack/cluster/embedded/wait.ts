import { setTimeout as delay } from "node:timers/promises";
import { findProcess, lastWords, type ProcessFolders } from "./processes.ts";

export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly interval?: number;
  /** Processes that the condition needs: when one ends, waiting is in vain. */
  readonly processes?: { readonly names: readonly string[]; readonly folders: ProcessFolders };
}

/**
 * Waits until the check returns undefined, for nothing more to wait for. Until then it returns what is missing; an
 * exception counts as missing too.
 */
export async function waitFor(
  what: string,
  check: () => Promise<string | undefined>,
  options: WaitOptions,
): Promise<void> {
  const end = Date.now() + options.timeout;
  for (;;) {
    let missing: string | undefined;
    try {
      missing = await check();
    } catch (cause) {
      missing = cause instanceof Error ? cause.message : String(cause);
    }
    if (missing === undefined) return;
    for (const name of options.processes?.names ?? []) {
      const folders = options.processes?.folders;
      if (folders !== undefined && findProcess(name, folders) === undefined)
        throw new Error(
          `${name} ended while the cluster waited for ${what}; its last words in ${folders.logs}/${name}.log:\n${lastWords(name, folders)}`,
        );
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${options.timeout / 1000} s, because ${missing}`);
    await delay(options.interval ?? 100);
  }
}
