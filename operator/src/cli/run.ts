import { Command } from "commander";
import { parseRunConfiguration, RUN_OPTIONS, type RunFlags } from "../config.ts";
import { runOperator } from "../operator.ts";

/** `run`: the operator itself, until SIGTERM or SIGINT. */
export function runCommand(): Command {
  const command = new Command("run").description("Run the operator: make and keep what ProfilePlatforms describe.");
  for (const { flag, variable, description } of Object.values(RUN_OPTIONS)) {
    command.option(flag, variable === undefined ? description : `${description} [${variable}]`);
  }
  return command.action(async (flags: RunFlags) => {
    await runOperator(parseRunConfiguration(flags, process.env), untilAskedToStop());
  });
}

/** Aborts at the first SIGTERM or SIGINT; a second one ends the process at once, as if nobody handled it. */
function untilAskedToStop(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    process.off("SIGTERM", stop);
    process.off("SIGINT", stop);
    controller.abort();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  return controller.signal;
}
