import { once } from "node:events";
import { join, relative } from "node:path";
import { HotService } from "./hot-service.ts";
import type { Running } from "./launch.ts";
import type { Output } from "./output.ts";
import type { Processes } from "./processes.ts";
import { type ServiceSource, serviceProgram } from "./service-program.ts";
import { type ServiceName, type ServiceSettings, serviceEnvironment } from "./settings.ts";
import { waitReady } from "./wait-ready.ts";
import { watchSources } from "./watch-sources.ts";

/** Something that was started, and how to end it. */
export interface StartedPart {
  readonly name: string;
  readonly stop: () => Promise<void>;
}

export interface ServicesOptions {
  readonly source: ServiceSource;
  readonly settings: ServiceSettings;
  readonly processes: Processes;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Told of each part that was started; the last one is to be ended first. */
  readonly onStarted: (part: StartedPart) => void;
}

/**
 * Migrates the database, starts server and worker, which follow their sources from then on, and waits until they serve.
 *
 * @returns the names of those that do not
 */
export async function startServices(options: ServicesOptions): Promise<readonly string[]> {
  const { source, settings, processes, output, signal, onStarted } = options;
  const launch = (name: ServiceName): Running =>
    processes.launch(serviceProgram(name, source, serviceEnvironment(name, settings)), (line) =>
      output.service(name, line),
    );
  await migrate(launch, options);
  const hot = (name: "server" | "worker") => {
    const service = new HotService({ start: () => launch(name), say: (sentence) => output.say(name, sentence) });
    return { name, service, port: settings.ports[name] };
  };
  const services = [hot("server"), hot("worker")];
  const stop = async () => void (await Promise.all(services.map(({ service }) => service.stop())));
  onStarted({ name: "server and worker", stop });
  const sources = join(source.runtime, "src");
  const watch = watchSources(sources, (path) => {
    output.say("dev", `${relative(sources, path)} has changed: server and worker start again`);
    for (const { service } of services) service.restart();
  });
  onStarted({ name: "watch on the sources", stop: async () => watch.close() });
  for (const { service } of services) service.start();
  const waiting = services.map(async ({ name, service, port }) => {
    const trouble = await troubleUntilReady(service, port, signal);
    if (trouble === undefined) return [];
    output.say(name, trouble);
    return [name];
  });
  return (await Promise.all(waiting)).flat();
}

/** Migrations are applied when everything starts, and not with each change: half a migration would be noted as applied. */
async function migrate(
  launch: (name: "migrate") => Running,
  { signal }: Pick<ServicesOptions, "signal">,
): Promise<void> {
  const running = launch("migrate");
  try {
    await Promise.race([running.ended, once(signal, "abort")]);
    signal.throwIfAborted();
  } finally {
    await running.stop();
  }
  const { code } = await running.ended;
  if (code === 0) return;
  throw new Error(
    "the migrations were not applied: see why above. If another branch has migrated this data, make dev-clean removes " +
      "it, and DEV_STATE=folder gives each branch its own",
  );
}

/** A service with a mistake in it is no reason to end: the next change may put it right. */
async function troubleUntilReady(service: HotService, port: number, signal: AbortSignal): Promise<string | undefined> {
  const { running } = service;
  if (running === undefined) return undefined;
  const isReady = async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok;
  try {
    await waitReady({ running, isReady, within: 60_000, signal });
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return (error as Error).message;
  }
}
