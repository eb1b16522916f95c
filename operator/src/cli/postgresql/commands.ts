import { Command } from "commander";
import type { ClusterOptions } from "../cluster.ts";
import type { Console } from "../console.ts";
import { contextOption, kubeconfigOption } from "../options.ts";
import { awaitMembers } from "./await-members.ts";
import { chooseCopy, chooseRestarts, chooseSuccession, chooseSuccessor } from "./choose.ts";
import { awaitPrimary, handOver } from "./hand-over.ts";
import { isStreaming } from "./members.ts";
import { openDatabase } from "./open.ts";
import { restartInstances } from "./restart-instances.ts";

/** For a replica to receive what was written while it copied. */
const CATCH_UP_MS = 600_000;

/** Of PostgreSQL; `name` of the command. */
function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument("[platform]", "name of the platform (default: the only one)")
    .addOption(kubeconfigOption())
    .addOption(contextOption());
}

export function switchoverCommand(console: Console): Command {
  return command("switchover", "Have the primary of PostgreSQL hand over to a replica, without losing anything.")
    .option("--to <instance>", "who takes over (default: the replica that has least to catch up with)")
    .action(async (platform: string | undefined, { to, ...cluster }: ClusterOptions & { readonly to?: string }) => {
      const database = await openDatabase(cluster, platform, console);
      await handOver(database, chooseSuccession(await database.patroni.members(), to));
    });
}

interface FailoverOptions extends ClusterOptions {
  readonly to: string;
  readonly acceptDataLoss?: boolean;
}

export function failoverCommand(console: Console): Command {
  return command("failover", "Make a replica of PostgreSQL the primary where there is none and Patroni makes none.")
    .requiredOption("--to <instance>", "who takes over")
    .option("--accept-data-loss", "also if it may lack what was acknowledged")
    .action(async (platform: string | undefined, { to, acceptDataLoss, ...cluster }: FailoverOptions) => {
      const database = await openDatabase(cluster, platform, console);
      const { name } = chooseSuccessor(await database.patroni.members(), to, acceptDataLoss === true);
      database.say(`${name} takes over`);
      await awaitPrimary(database, name, await database.patroni.failover(name));
    });
}

interface InstanceOptions extends ClusterOptions {
  readonly instance: string;
}

export function reinitCommand(console: Console): Command {
  return command("reinit", "Have a replica of PostgreSQL throw its data away and copy that of the primary.")
    .requiredOption("--instance <name>", "the replica, such as postgresql-1")
    .action(async (platform: string | undefined, { instance, ...cluster }: InstanceOptions) => {
      const { patroni, say } = await openDatabase(cluster, platform, console);
      const { name } = chooseCopy(await patroni.members(), instance);
      say(`${name} copies the data of the primary`);
      const said = await patroni.reinit(name);
      await awaitMembers(patroni, {
        what: `${name} streaming`,
        timeoutMs: CATCH_UP_MS,
        done: (members) => members.some((member) => member.name === name && isStreaming(member)),
        said,
      });
      say(`${name} streams`);
    });
}

interface RestartOptions extends ClusterOptions {
  readonly instance?: string;
  readonly pending?: boolean;
}

export function restartCommand(console: Console): Command {
  return command(
    "restart",
    "Restart the instances of PostgreSQL: replicas first, and the primary once it has handed over.",
  )
    .option("--instance <name>", "this one alone")
    .option("--pending", "those alone whose settings wait for it")
    .action(async (platform: string | undefined, { instance, pending, ...cluster }: RestartOptions) => {
      const database = await openDatabase(cluster, platform, console);
      const chosen = chooseRestarts(await database.patroni.members(), { name: instance, pending: pending === true });
      if (chosen.length === 0) database.say("No instance has settings that wait for a restart.");
      await restartInstances(database, chosen);
    });
}
