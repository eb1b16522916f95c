import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";

const RETRY_INTERVAL = 250;

export interface LockOptions {
  /** Called once when another process holds the lock. */
  readonly onWait?: (holder: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the action while this process alone holds the lock file. A lock whose holder is gone, killed in the middle
 * say, is taken over.
 */
export async function withLock<T>(path: string, action: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const self = identify(process.pid);
  if (self === undefined) throw new Error("/proc does not show this process: mount procfs on /proc");
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!tryTake(path, self)) {
    const holder = readHolder(path);
    if (holder !== undefined && !told) {
      options.onWait?.(holder.pid);
      told = true;
    }
    await delay(RETRY_INTERVAL, undefined, { signal: options.signal });
  }
  try {
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryTake(path: string, self: ProcessIdentity): boolean {
  // Linked into place whole, so that nobody ever reads a lock that is still being written.
  const own = `${path}.${self.pid}`;
  writeFileSync(own, JSON.stringify(self));
  try {
    linkSync(own, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw new Error(`while taking the lock ${path}`, { cause });
  } finally {
    rmSync(own, { force: true });
  }
  const holder = readHolder(path);
  if (holder === undefined || !isRunning(holder)) removeStale(path, self);
  return false;
}

/** Of several that see the dead holder one renames the file; a lock that was taken meanwhile is put back. */
function removeStale(path: string, self: ProcessIdentity): void {
  const aside = `${path}.stale-${self.pid}`;
  try {
    renameSync(path, aside);
    const holder = readHolder(aside);
    if (holder !== undefined && isRunning(holder)) linkSync(aside, path);
  } catch {
    // Another one was faster: the next attempt finds out.
  } finally {
    rmSync(aside, { force: true });
  }
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
