import { join } from "node:path";
import type { Program } from "./launch.ts";
import type { Environment, ServiceName } from "./settings.ts";

export interface ServiceSource {
  /** Folder that the service is started in. */
  readonly cwd: string;
  /** Folder of the services, which has their sources in `src`. */
  readonly runtime: string;
}

/** A service, run from its sources by this very Node. */
export function serviceProgram(name: ServiceName, { cwd, runtime }: ServiceSource, env: Environment): Program {
  return {
    name,
    program: process.execPath,
    args: [join(runtime, "src", name, "main.ts")],
    cwd,
    env,
    stopSignal: "SIGTERM",
    // It has a time limit of its own for this, SHUTDOWN_GRACE_PERIOD.
    stopWithin: 25_000,
  };
}
