import { once } from "node:events";
import { join, relative } from "node:path";
import { freePort } from "@profile-platform/runtime/test/instance";
import { withLock } from "../cluster/embedded/lock.ts";
import { createProgress, type Progress } from "../cluster/embedded/progress.ts";
import { keySetFile, publishKey } from "./issuer.ts";
import type { Running } from "./launch.ts";
import { endLeftovers, recordProcesses } from "./leftovers.ts";
import { createOutput } from "./output.ts";
import { passwordsIn } from "./passwords.ts";
import { choosePorts, isFreePort, rememberedPorts, rememberPorts } from "./ports.ts";
import { preflight } from "./preflight.ts";
import { Processes } from "./processes.ts";
import { screen } from "./screen.ts";
import { startData } from "./start-data.ts";
import { type StartedPart, startServices } from "./start-services.ts";
import { type DevState, makeState } from "./state.ts";
import { StoppedError } from "./stopped.ts";

export interface UpOptions {
  readonly state: DevState;
  readonly repository: string;
  /** Folder of the services, which has their sources in `src`. */
  readonly runtime: string;
  /** What has to be added to `make` to mean the same folder of data. */
  readonly stateArgument: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  /** Asks it to end, in order. */
  readonly signal: AbortSignal;
  /** Has everything ended at once. */
  readonly hurry: AbortSignal;
}

/** Runs data services and services until it is asked to end. Throws a sentence when something is in the way. */
export async function up(options: UpOptions): Promise<void> {
  const { state } = options;
  preflight();
  makeState(state, process.getuid?.() === 0);
  const onWait = (holder: number): never => {
    throw new Error(
      `make dev runs already, as process ${holder}, with its data in ${state.root}: use that one, or end it first with ` +
        `Ctrl-C in its terminal or kill ${holder}`,
    );
  };
  try {
    await withLock(state.lock, () => run(options), { onWait });
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
}

async function run(options: UpOptions): Promise<void> {
  const { state, write, signal, hurry } = options;
  const progress = createProgress({ write });
  const killed = await endLeftovers(state.processes);
  if (killed.length > 0) progress.line(`ended what a run before had left behind: ${killed.join(", ")}`);
  const processes = new Processes(state.processes);
  hurry.addEventListener("abort", () => processes.killAll());
  const parts: StartedPart[] = [];
  try {
    const data = await start(options, processes, progress, parts);
    await Promise.race([aborted(signal), ...data.map((running) => endOf(running, state))]);
  } finally {
    // Last started, first ended: nothing goes that something else still needs.
    for (const { name, stop } of parts.toReversed()) await progress.step(`${name} ended`, stop);
    recordProcesses(state.processes, []);
    write("Everything that was started here has ended.\n");
  }
}

/** Starts everything, and notes in `parts` what is to be ended again, also when it fails. @returns the data services */
async function start(
  options: UpOptions,
  processes: Processes,
  progress: Progress,
  parts: StartedPart[],
): Promise<readonly Running[]> {
  const { state, repository, runtime, environment, write, signal } = options;
  const output = createOutput(write, state.logs, environment["DEV_LOG"] === "json");
  const ports = await choosePorts({
    environment,
    remembered: rememberedPorts(state.ports),
    isFree: isFreePort,
    anyPort: freePort,
  });
  rememberPorts(state.ports, ports);
  const passwords = passwordsIn(state.secrets);
  publishKey(state.secrets);

  const data: Running[] = [];
  const onStarted = (running: Running): void => {
    data.push(running);
    parts.push({ name: running.name, stop: () => running.stop() });
  };
  await startData({ state, ports, passwords, processes, output, progress, signal, onStarted });

  const missing = await startServices({
    source: { cwd: repository, runtime },
    settings: { ports, passwords, keySetFile: keySetFile(state.secrets), caller: environment },
    processes,
    output,
    signal,
    onStarted: (part) => void parts.push(part),
  });
  const sources = relative(repository, join(runtime, "src"));
  write(screen({ ports, state, sources, missing, stateArgument: options.stateArgument }));
  output.showData();
  return data;
}

/** Rejects when a data service ends by itself. */
async function endOf({ name, ended }: Running, state: DevState): Promise<never> {
  const { code, signal } = await ended;
  const how = code === null ? `by ${signal}` : `with code ${code}`;
  throw new Error(`${name} has ended by itself, ${how}: see ${join(state.logs, `${name}.log`)}`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
