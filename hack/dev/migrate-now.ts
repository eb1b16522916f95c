import { keySetFile } from "./issuer.ts";
import { launch } from "./launch.ts";
import { formatLine } from "./log-line.ts";
import { passwordsIn } from "./passwords.ts";
import { type Ports, rememberedPorts } from "./ports.ts";
import { runningHolder } from "./running-holder.ts";
import { type ServiceSource, serviceProgram } from "./service-program.ts";
import { serviceEnvironment } from "./settings.ts";
import type { DevState } from "./state.ts";

export interface MigrateOptions {
  readonly state: DevState;
  readonly source: ServiceSource;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
}

/** Applies migrations to the database of a run. @returns the exit code. Throws a sentence when nothing runs */
export async function migrateNow({ state, source, environment: caller, write }: MigrateOptions): Promise<number> {
  if (runningHolder(state) === undefined) {
    throw new Error("make dev is not running: start it, and it applies what is missing");
  }
  const ports = rememberedPorts(state.ports) as Ports;
  const passwords = passwordsIn(state.secrets);
  const env = serviceEnvironment("migrate", { ports, passwords, keySetFile: keySetFile(state.secrets), caller });
  const { ended } = launch(serviceProgram("migrate", source, env), (line) => write(`${formatLine(line)}\n`));
  return (await ended).code ?? 1;
}
