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
export function identify(pid: number, procfs = "/proc"): ProcessIdentity | undefined {
  try {
    const stat = parseStat(readFileSync(`${procfs}/${pid}/stat`, "utf8"));
    if (stat === undefined || stat.state === "Z" || stat.state === "X") return undefined;
    return { pid, startTicks: stat.startTicks, bootId: bootId(procfs) };
  } catch {
    return undefined;
  }
}

/** True while the very process that was identified runs. */
export function isRunning(identity: ProcessIdentity, procfs = "/proc"): boolean {
  const now = identify(identity.pid, procfs);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

export function bootId(procfs = "/proc"): string {
  return readFileSync(`${procfs}/sys/kernel/random/boot_id`, "utf8").trim();
}

/** Takes state and start time out of /proc/<pid>/stat. The command in parentheses may itself hold spaces and parentheses. */
export function parseStat(text: string): { readonly state: string; readonly startTicks: string } | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  return state && startTicks ? { state, startTicks } : undefined;
}
