import { Command } from "commander";
import { CREDENTIALS_DIRECTORY, ROLES, RUN_DIRECTORY } from "../../components/data-layer/postgresql/place.ts";
import { UsageError } from "../../errors.ts";
import type { ClusterOptions } from "../cluster.ts";
import type { Console } from "../console.ts";
import { contextOption, kubeconfigOption } from "../options.ts";
import { attach } from "./kubectl.ts";
import { isStreaming, type Member, primaryOf } from "./members.ts";
import { openDatabase } from "./open.ts";

interface PsqlOptions extends ClusterOptions {
  readonly platform?: string;
  readonly replica?: boolean;
  readonly superuser?: boolean;
}

export function psqlCommand(console: Console): Command {
  return new Command("psql")
    .description("Open psql on the primary of a platform's PostgreSQL, as the application's role in its database.")
    .argument("[arguments...]", "of psql, after --")
    .option("--platform <name>", "name of the platform (default: the only one)")
    .option("--replica", "on a replica, which can only be read")
    .option("--superuser", `as ${ROLES.superuser}`)
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addHelpText("after", '\nSuch as:\n  profileplatform psql -- --command "SELECT count(*) FROM profiles"')
    .action(async (args: readonly string[], options: PsqlOptions) => {
      const { patroni, container } = await openDatabase(options, options.platform, console);
      const { name } = chooseInstance(await patroni.members(), options.replica === true);
      process.exitCode = await attach(options, container(name), psqlIn(options.superuser === true, args));
    });
}

/** Where psql runs. @throws UsageError when there is no such instance */
export function chooseInstance(members: readonly Member[], replica: boolean): Member {
  const found = replica ? members.find(isStreaming) : primaryOf(members);
  if (found !== undefined) return found;
  throw new UsageError(
    replica
      ? "No replica streams: leave --replica out to read the primary."
      : "PostgreSQL has no primary now: profileplatform status says why; --replica reads what a replica has.",
  );
}

/** The socket asks for no password. Names come from files, for what is typed has to reach psql as it is. */
export function psqlIn(superuser: boolean, args: readonly string[]): readonly string[] {
  const user = superuser ? ROLES.superuser : `$(cat ${CREDENTIALS_DIRECTORY}/username)`;
  const script =
    `export PSQL_HISTORY=/tmp/.psql_history PGAPPNAME=profileplatform; exec psql --host=${RUN_DIRECTORY} ` +
    `--username="${user}" --dbname="$(cat ${CREDENTIALS_DIRECTORY}/database)" "$@"`;
  return ["sh", "-c", script, "psql", ...args];
}
