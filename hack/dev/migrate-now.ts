import { spawn } from "node:child_process";
import { once } from "node:events";
import { keySetFile } from "./issuer.ts";
import { passwordsIn } from "./passwords.ts";
import { type Ports, rememberedPorts } from "./ports.ts";
import { runningHolder } from "./running-holder.ts";
import { type ServiceSource, serviceProgram } from "./service-program.ts";
import { serviceEnvironment } from "./settings.ts";
import type { DevState } from "./state.ts";

/** Applies migrations to the database of a run. @returns the exit code. Throws a sentence when nothing runs */
export async function migrateNow(
  state: DevState,
  source: ServiceSource,
  caller: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  if (runningHolder(state) === undefined) {
    throw new Error("make dev is not running: start it, and it applies what is missing");
  }
  const ports = rememberedPorts(state.ports) as Ports;
  const passwords = passwordsIn(state.secrets);
  const env = serviceEnvironment("migrate", { ports, passwords, keySetFile: keySetFile(state.secrets), caller });
  const { program, args, cwd } = serviceProgram("migrate", source, env);
  const child = spawn(program, args, { cwd, env: { PATH: caller["PATH"] ?? "", ...env }, stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
