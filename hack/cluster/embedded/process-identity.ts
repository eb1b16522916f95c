import { readFileSync } from "node:fs";

/** A process, told apart from a later one with the same number by the moment it began. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the boot of the machine to the start of the process. */
  readonly startTicks: string;
  /** The boot that startTicks counts from. */
  readonly bootId: string;
}

/** Reads the identity of a running process; undefined when there is none of this number, or only its zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const found = read(pid);
  return found === undefined || found.state === "Z" || found.state === "X" ? undefined : found.identity;
}

/** As identify, for a child that may have ended already: its zombie stays until this process looks for it. */
export function identifyChild(pid: number): ProcessIdentity | undefined {
  return read(pid)?.identity;
}

function read(pid: number): { readonly identity: ProcessIdentity; readonly state: string } | undefined {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return stat && { identity: { pid, startTicks: stat.startTicks, bootId: bootId() }, state: stat.state };
  } catch {
    return undefined;
  }
}

/** True while the very process that was identified runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

export function bootId(): string {
  return readFileSync(`/proc/sys/kernel/random/boot_id`, "utf8").trim();
}

/** Takes state and start time out of /proc/<pid>/stat. The command in parentheses may itself hold spaces and parentheses. */
export function parseStat(text: string): { readonly state: string; readonly startTicks: string } | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  return state && startTicks ? { state, startTicks } : undefined;
}
