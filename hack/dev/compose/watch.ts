import { once } from "node:events";
import { join, relative } from "node:path";
import { HotService } from "../hot-service.ts";
import { launch } from "../launch.ts";
import { formatLine } from "../log-line.ts";
import { serviceProgram } from "../service-program.ts";
import type { Environment, ServiceName } from "../settings.ts";
import { watchSources } from "../watch-sources.ts";

export interface WatchOptions {
  /** Folder of the services, which has their sources in `src`. */
  readonly runtime: string;
  readonly environment: Environment;
  readonly write: (text: string) => void;
  /** Asks it to end. */
  readonly signal: AbortSignal;
}

/** Runs one service, and starts it again whenever a source has changed, until it is asked to end. */
export async function watchService(name: ServiceName, options: WatchOptions): Promise<void> {
  const { runtime, environment, write, signal } = options;
  const say = (sentence: string): void => write(`── ${sentence}\n`);
  const program = serviceProgram(name, { cwd: runtime, runtime }, environment);
  const service = new HotService({ start: () => launch(program, (line) => write(`${formatLine(line)}\n`)), say });
  const sources = join(runtime, "src");
  const watch = watchSources(sources, (path) => {
    say(`${relative(sources, path)} has changed: ${name} starts again`);
    service.restart();
  });
  service.start();
  if (!signal.aborted) await once(signal, "abort");
  watch.close();
  await service.stop();
}
