import { readFileSync } from "node:fs";

/** Linux counts CPU time of processes in hundredths of a second, on every machine. */
const TICKS_PER_SECOND = 100;

/** Memory of a process in MiB. */
export interface Memory {
  readonly resident: number;
  /** The most that was ever resident. */
  readonly peak: number;
}

/** CPU seconds that a process has used, all threads, in user and kernel. Throws when there is no such process. */
export function cpuSeconds(pid: number): number {
  return parseCpuSeconds(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

export function parseCpuSeconds(stat: string): number {
  // The name, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function memoryOf(pid: number): Memory {
  return parseMemory(readFileSync(`/proc/${pid}/status`, "utf8"));
}

export function parseMemory(status: string): Memory {
  const mebibytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  return { resident: mebibytes("VmRSS"), peak: mebibytes("VmHWM") };
}

/** CPU seconds by process between two moments, and the seconds between them. */
export interface Usage<Name extends string> {
  readonly seconds: number;
  readonly cpu: Readonly<Record<Name, number>>;
}

/** Begins to measure; the function that it returns says what was used since. */
export function measure<Name extends string>(pids: Readonly<Record<Name, number>>): () => Usage<Name> {
  const names = Object.keys(pids) as Name[];
  const read = () => names.map((name) => cpuSeconds(pids[name]));
  const before = read();
  const began = performance.now();
  return () => {
    const seconds = (performance.now() - began) / 1000;
    const after = read();
    const cpu = names.map((name, i) => [name, (after[i] ?? 0) - (before[i] ?? 0)] as const);
    return { seconds, cpu: Object.fromEntries(cpu) as Record<Name, number> };
  };
}
