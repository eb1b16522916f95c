import { setTimeout as delay } from "node:timers/promises";
import type { PlatformBackup } from "@profile-platform/crds";
import { Command, Option } from "commander";
import { isOpen, phaseOf } from "../../backups/backups.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { type ClusterOptions, connect } from "../cluster.ts";
import type { Console } from "../console.ts";
import { contextOption, kubeconfigOption } from "../options.ts";
import { BACKUP_TYPES, type BackupRequest, createBackup, readBackup } from "./make-backup.ts";

interface BackupOptions extends ClusterOptions, Pick<BackupRequest, "type"> {
  readonly wait?: boolean;
}

/** With `--wait`. */
const EXIT_FAILED = 1;
const LOOK_INTERVAL_MS = 1000;

export function backupCommand(console: Console): Command {
  return new Command("backup")
    .description("Have a backup made of a platform's PostgreSQL, beside those of its schedule.")
    .argument("[name]", "name of the platform (default: the only one)")
    .addOption(new Option("--type <type>", "how much is copied").choices(BACKUP_TYPES).default("full"))
    .option("--wait", `wait for its end; ends with code ${EXIT_FAILED} when it failed`)
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .action(async (platform: string | undefined, { type, wait, ...cluster }: BackupOptions) => {
      const client = connect(cluster);
      try {
        const { metadata } = await createBackup(client, { platform, type });
        console.out(`PlatformBackup ${metadata.name} created\n`);
        if (wait !== true) return;
        const ended = await untilEnded(client, metadata.name, console);
        console.out(describeEnd(ended));
        if (phaseOf(ended) === "Failed") process.exitCode = EXIT_FAILED;
      } finally {
        client.close();
      }
    });
}

/** Says on the way what is waited for. */
async function untilEnded(client: ApiClient, name: string, console: Console): Promise<PlatformBackup> {
  for (let said = ""; ; ) {
    const backup = await readBackup(client, name);
    if (!isOpen(backup)) return backup;
    const state = describeProgress(backup);
    if (state !== said) console.out(state);
    said = state;
    await delay(LOOK_INTERVAL_MS);
  }
}

export function describeProgress(backup: PlatformBackup): string {
  const { message, job } = backup.status ?? {};
  const detail = phaseOf(backup) === "Running" ? (job === undefined ? "" : `Job ${job}`) : (message ?? "");
  return `${phaseOf(backup)}${detail === "" ? "" : `: ${detail}`}\n`;
}

export function describeEnd({ metadata, status = {} }: PlatformBackup): string {
  if (status.phase !== "Succeeded") return `Failed: ${status.message ?? `see kubectl describe pb ${metadata.name}`}\n`;
  const { label = "", sizeBytes = 0, repositorySizeBytes = 0 } = status;
  return `Succeeded: ${label}, ${sizeBytes} bytes, ${repositorySizeBytes} in the repository\n`;
}
