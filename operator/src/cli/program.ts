import { Command } from "commander";
import { DESCRIPTION } from "../version.ts";
import { backupCommand } from "./backup/command.ts";
import type { Console } from "./console.ts";
import { diffCommand } from "./diff/command.ts";
import { failoverCommand, reinitCommand, restartCommand, switchoverCommand } from "./postgresql/commands.ts";
import { psqlCommand } from "./postgresql/psql.ts";
import { renderCommand } from "./render.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status/command.ts";
import { tokenCommand } from "./token/command.ts";

/** `kubectl profileplatform` looks for a program of the second name. */
export type ProgramName = "profileplatform" | "kubectl profileplatform";

/** All commands. Nothing is parsed or started yet. */
export function createProgram(name: ProgramName, console: Console): Command {
  const program = new Command(name)
    .description("Application platforms on Kubernetes, each one ProfilePlatform.")
    .version(DESCRIPTION, "--version", "print version and build")
    .showHelpAfterError(`Run "${name} --help" to see what there is.`);
  const commands = [
    runCommand(),
    renderCommand(console),
    diffCommand(console),
    statusCommand(console),
    tokenCommand(console),
    backupCommand(console),
    switchoverCommand(console),
    failoverCommand(console),
    reinitCommand(console),
    restartCommand(console),
    psqlCommand(console),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}
