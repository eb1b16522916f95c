import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { run } from "../../cluster/embedded/command.ts";
import type { GoProgram } from "../go-program.ts";
import { measure } from "../usage.ts";
import { COLD, HOT, type Range, SPARE } from "./population.ts";
import type { Operations } from "./results.ts";

export const LOAD_GENERATOR: GoProgram = {
  name: "bench-load",
  title: "the load generator",
  sources: fileURLToPath(new URL("./load", import.meta.url)),
};

/** What the generator sends, in turn. */
export type Step = "read-hot" | "read-cold" | "update-hot" | "update-cold" | "create" | "delete" | "list" | "task";

export interface Load {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly seconds: number;
  /** Requests a second; absent for one after the other on each connection. */
  readonly rate?: number;
  readonly connections: number;
  readonly pattern: readonly Step[];
  /** Part of the e-mail addresses of profiles that are created: another one for each load. */
  readonly label: string;
  /** Number of the first of the profiles that are deleted. */
  readonly spareFrom?: number;
}

/** What the generator tells. */
interface Outcome {
  readonly seconds: number;
  readonly requests: number;
  readonly errors: number;
  /** How many there were of some of them. */
  readonly errorTexts: Readonly<Record<string, number>>;
  /** Of the generator. */
  readonly cpuSeconds: number;
  /** Requests that were sent more than 5 ms after they were due. */
  readonly late: number;
  readonly operations: Operations;
}

/** What became of a load, and what it took. */
export interface Sent extends Outcome {
  /** CPU seconds of the server's process, all threads. */
  readonly serverCpu: number;
  /** CPU seconds of everything on this machine. */
  readonly machineCpu: number;
}

/** Runs the load generator, a process of its own, against a server. `pid`: that of the server. */
export async function sendLoad(generator: string, load: Load, pid: number, signal: AbortSignal): Promise<Sent> {
  const { spareFrom = SPARE.from, rate = 0, ...rest } = load;
  const spare: Range = { from: spareFrom, to: SPARE.to };
  const plan = { ...rest, rate, hot: HOT, cold: COLD, spare };
  const used = measure({ server: pid });
  const machineBefore = machineSeconds();
  const text = await run(generator, [], { input: JSON.stringify(plan), signal });
  return {
    ...(JSON.parse(text) as Outcome),
    serverCpu: used().cpu.server,
    machineCpu: machineSeconds() - machineBefore,
  };
}

/** Seconds that all processors have been busy, together. */
function machineSeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000;
}
