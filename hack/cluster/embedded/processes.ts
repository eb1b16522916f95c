import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { namespacePath } from "./network.ts";
import { endsWithParent } from "./parent-death.ts";
import { identifyChild, isRunning, type ProcessIdentity } from "./process-identity.ts";

export interface ProcessSpec {
  /** Unique in the cluster; names the log and the record. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Network namespace to run in; the caller's own without it. */
  readonly namespace?: string;
  /** File of the mount namespace to run in; the caller's own without it. */
  readonly mountNamespace?: string;
  /** File of the cgroup that the process joins before it begins. */
  readonly cgroupFile?: string;
  /** Killed when this process ends, however that happens. */
  readonly endsWithParent?: boolean;
}

export interface ProcessFolders {
  readonly logs: string;
  /** Receives <name>.json, the identity of the process. */
  readonly processes: string;
}

/** Starts a process that outlives this one, unless it says otherwise or runs already. Its output is appended to <logs>/<name>.log. */
export function startProcess(spec: ProcessSpec, folders: ProcessFolders): ProcessIdentity {
  const running = findProcess(spec.name, folders);
  if (running !== undefined) return running;
  mkdirSync(folders.logs, { recursive: true });
  mkdirSync(folders.processes, { recursive: true });
  const log = openSync(join(folders.logs, `${spec.name}.log`), "a", 0o600);
  try {
    const { program, args } = wrap(spec);
    const child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...spec.env },
    });
    // Reported by the missing pid below; without a listener it would end this process.
    child.on("error", () => undefined);
    child.unref();
    const identity = child.pid === undefined ? undefined : identifyChild(child.pid);
    if (identity === undefined)
      throw new Error(`${spec.name} did not start: see ${join(folders.logs, `${spec.name}.log`)}`);
    writeFileSync(join(folders.processes, `${spec.name}.json`), JSON.stringify(identity));
    return identity;
  } finally {
    closeSync(log);
  }
}

/** The shell joins the group and becomes the program, so that no moment is left in which a kill would miss it. */
function wrap(spec: ProcessSpec): { readonly program: string; readonly args: readonly string[] } {
  // nsenter and not `ip netns exec`: that one mounts /sys anew and hides the control groups.
  const namespaces = [
    ...(spec.namespace === undefined ? [] : [`--net=${namespacePath(spec.namespace)}`]),
    ...(spec.mountNamespace === undefined ? [] : [`--mount=${spec.mountNamespace}`]),
  ];
  const { program, args } = spec.endsWithParent === true ? endsWithParent(spec) : spec;
  const words = [...(namespaces.length > 0 ? ["nsenter", ...namespaces] : []), program, ...args];
  if (spec.cgroupFile === undefined) return { program: words[0] ?? spec.program, args: words.slice(1) };
  return { program: "/bin/sh", args: ["-c", 'echo $$ > "$0" && exec "$@"', spec.cgroupFile, ...words] };
}

/** The recorded process, if that very one still runs. */
export function findProcess(name: string, folders: ProcessFolders): ProcessIdentity | undefined {
  try {
    const identity = JSON.parse(readFileSync(join(folders.processes, `${name}.json`), "utf8")) as ProcessIdentity;
    return isRunning(identity) ? identity : undefined;
  } catch {
    return undefined;
  }
}

/** Names of all recorded processes. */
export function recordedProcesses(folders: ProcessFolders): string[] {
  try {
    return readdirSync(folders.processes)
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length))
      .sort();
  } catch {
    return [];
  }
}

/** Ends recorded processes: SIGTERM, and SIGKILL for what is still there after the grace period in milliseconds. */
export async function stopProcesses(names: readonly string[], folders: ProcessFolders, grace: number): Promise<void> {
  const identities = names.map((name) => findProcess(name, folders)).filter((found) => found !== undefined);
  signalAll(identities, "SIGTERM");
  if (await endedWithin(identities, grace)) return;
  signalAll(identities, "SIGKILL");
  if (await endedWithin(identities, 10_000)) return;
  const surviving = identities.filter((each) => isRunning(each)).map((each) => each.pid);
  throw new Error(`processes survive SIGKILL: ${surviving.join(", ")}`);
}

function signalAll(identities: readonly ProcessIdentity[], signal: NodeJS.Signals): void {
  for (const identity of identities) {
    if (!isRunning(identity)) continue;
    try {
      process.kill(identity.pid, signal);
    } catch {
      // It ended between the two lines.
    }
  }
}

async function endedWithin(identities: readonly ProcessIdentity[], milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (identities.some((identity) => isRunning(identity))) {
    if (Date.now() > end) return false;
    await delay(50);
  }
  return true;
}

/** The end of a process's log, for an error that must say why it ended. */
export function lastWords(name: string, folders: ProcessFolders, lines = 5): string {
  try {
    const text = readFileSync(join(folders.logs, `${name}.log`), "utf8").trim();
    return text.split("\n").slice(-lines).join("\n");
  } catch {
    return "(no log)";
  }
}
