import { readdirSync, readFileSync } from "node:fs";

/** Process ids of everything that runs in a container, seen from this machine. */
export function processesOf(containerId: string): readonly number[] {
  if (containerId === "") throw new Error("the pod has no container, so there is no process of it");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readProc(pid, "cgroup").includes(containerId));
}

/** Sends a signal to every process of a container, until no new one has come in between. */
export function signalContainer(containerId: string, signal: NodeJS.Signals): void {
  const reached = new Set<number>();
  for (;;) {
    const others = processesOf(containerId).filter((pid) => !reached.has(pid));
    if (others.length === 0) break;
    for (const pid of others) {
      reached.add(pid);
      sendSignal(pid, signal);
    }
  }
  if (reached.size === 0) throw new Error(`container ${containerId} has no process on this machine`);
}

/** Process id of the server itself: the first of the processes named postgres. */
export function postmasterOf(containerId: string): number {
  const servers = processesOf(containerId).filter((pid) => readProc(pid, "comm").trim() === "postgres");
  const parents = new Map(servers.map((pid) => [pid, Number(/^PPid:\s*(\d+)$/m.exec(readProc(pid, "status"))?.[1])]));
  const postmaster = servers.find((pid) => !parents.has(parents.get(pid) ?? 0));
  if (postmaster === undefined) throw new Error(`container ${containerId} runs no PostgreSQL`);
  return postmaster;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between the two lines.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Empty when the process has ended. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
