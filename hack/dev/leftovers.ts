import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning, type ProcessIdentity } from "../cluster/embedded/process-identity.ts";
import { writeOwn } from "./kept-file.ts";
import { type Running, signalGroup } from "./launch.ts";

/** Milliseconds that what was left behind may take to end by itself: the kernel has told it to. */
const PATIENCE_MS = 10_000;

/** Notes what runs, so that the next run finds what this one may leave behind. */
export function recordProcesses(path: string, running: readonly Pick<Running, "name" | "identity">[]): void {
  writeOwn(path, `${JSON.stringify(running.map(({ name, identity }) => ({ name, identity })))}\n`);
}

/** Ends what a run that was killed has left behind. @returns the names of what had to be killed */
export async function endLeftovers(path: string, patienceMs = PATIENCE_MS): Promise<readonly string[]> {
  const left = readRecord(path).filter(({ identity }) => isRunning(identity));
  const deadline = performance.now() + patienceMs;
  while (left.some(({ identity }) => isRunning(identity)) && performance.now() < deadline) await delay(50);
  const stubborn = left.filter(({ identity }) => isRunning(identity));
  for (const { identity } of stubborn) signalGroup(identity.pid, "SIGKILL");
  while (stubborn.some(({ identity }) => isRunning(identity))) await delay(20);
  recordProcesses(path, []);
  return stubborn.map(({ name }) => name);
}

interface Recorded {
  readonly name: string;
  readonly identity: ProcessIdentity;
}

function readRecord(path: string): readonly Recorded[] {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as readonly Recorded[];
  } catch {
    // Nothing was recorded yet.
    return [];
  }
}
