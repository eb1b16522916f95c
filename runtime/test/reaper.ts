import { once } from "node:events";
import { readdirSync, readlinkSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

// `node reaper.ts <directory>`: waits for the end of its standard input, which is that of whoever has started it, however
// that ended. Then it ends whatever works in the directory, and removes it.

const [, , directory] = process.argv;
if (directory === undefined) throw new Error("name the directory");

process.stdin.resume();
await once(process.stdin, "close");
for (let left = processesIn(directory); left.length > 0; left = processesIn(directory)) {
  for (const pid of left) kill(pid);
  await sleep(50);
}
rmSync(directory, { recursive: true, force: true });

/** Nothing else can be meant: what has another's number by now works elsewhere. */
function processesIn(path: string): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => workingDirectory(pid)?.startsWith(`${path}/`) === true);
}

/** @returns undefined of a process that has ended, or is somebody else's */
function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
