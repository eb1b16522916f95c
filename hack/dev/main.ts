import { join } from "node:path";
import { Command, Option } from "commander";
import { describeFailure } from "../demo/hinted.ts";
import { REPOSITORY } from "../images/paths.ts";
import { clean } from "./clean.ts";
import { migrateNow } from "./migrate-now.ts";
import { type DevState, stateFolder, stateIn } from "./state.ts";
import { StoppedError } from "./stopped.ts";
import { tokenCommand } from "./token-command.ts";
import { up } from "./up.ts";

// The profile services on one's own machine, without Kubernetes: what make's targets call.
interface Options {
  readonly state?: string;
  readonly runtime: string;
}

const program = new Command("dev")
  .description("Run the profile services on this machine, with data services of their own.")
  .addOption(new Option("--state <folder>", "where data and keys are kept (default: .dev)").env("DEV_STATE"))
  .option("--runtime <folder>", "the services, with their sources in src", join(REPOSITORY, "runtime"));
const options = (): Options => program.opts<Options>();
const state = (): DevState => stateIn(stateFolder(REPOSITORY, options().state, process.getuid?.() === 0));
const write = (text: string): void => void process.stdout.write(text);

program
  .command("up", { isDefault: true })
  .description("Start everything, and end it with Ctrl-C.")
  .action(async () => {
    const stop = new AbortController();
    const hurry = new AbortController();
    const ask = (): void => (stop.signal.aborted ? hurry.abort() : stop.abort(new StoppedError("asked to end")));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, ask);
    // A terminal that was closed, or a reader that stops early: nobody is left to tell anything.
    process.stdout.on("error", () => stop.abort(new StoppedError("nobody reads the output any more")));
    const given = options().state;
    await up({
      state: state(),
      repository: REPOSITORY,
      runtime: options().runtime,
      stateArgument: given === undefined || given === "" ? "" : ` DEV_STATE=${given}`,
      environment: process.env,
      write,
      signal: stop.signal,
      hurry: hurry.signal,
    });
  });

program
  .command("migrate")
  .description("Apply new migrations to the database that runs.")
  .action(async () => {
    const source = { cwd: REPOSITORY, runtime: options().runtime };
    process.exitCode = await migrateNow({ state: state(), source, environment: process.env, write });
  });

program
  .command("clean")
  .description("Remove the data, the passwords and the key.")
  .action(async () => write(`${await clean(state())}\n`));

program.addCommand(tokenCommand(() => state().secrets));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}
// Connections to /ready that are kept alive must not hold up the end.
process.exit();
