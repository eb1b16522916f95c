import { setTimeout as delay } from "node:timers/promises";
import type { ProfilePlatform } from "@profile-platform/crds";
import { Command, Option } from "commander";
import { type ClusterOptions, connect, readPlatforms } from "../cluster.ts";
import type { Console } from "../console.ts";
import { contextOption, kubeconfigOption } from "../options.ts";
import { createPaint } from "../paint.ts";
import { isReady, renderTree } from "./tree.ts";

interface StatusOptions extends ClusterOptions {
  readonly output: "tree" | "json";
  readonly watch?: boolean;
  readonly exitCode?: boolean;
}

/** With `--exit-code`. */
const EXIT_NOT_READY = 1;
const WATCH_INTERVAL_MS = 1000;

export function statusCommand(console: Console): Command {
  return new Command("status")
    .description("Show platforms as trees: layers, components and what each waits for.")
    .argument("[name]", "name of one platform; all when left out")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(["tree", "json"]).default("tree"))
    .option("-w, --watch", "show it again whenever it changes, until all is Ready")
    .option("--exit-code", `end with code ${EXIT_NOT_READY} when a platform is not Ready`)
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .action(async (name: string | undefined, options: StatusOptions) => {
      const ready = await showStatus(name, options, console);
      if (!ready && options.exitCode === true) process.exitCode = EXIT_NOT_READY;
    });
}

async function showStatus(name: string | undefined, options: StatusOptions, console: Console): Promise<boolean> {
  const client = connect(options);
  const format = options.output === "json" ? asJson : asTree(console);
  try {
    for (let shown = ""; ; ) {
      const platforms = await readPlatforms(client, name);
      const ready = platforms.every(isReady);
      // Ages change by themselves; what they belong to tells whether there is something new.
      const state = JSON.stringify(
        platforms.map(({ metadata, status }) => [metadata.uid, metadata.generation, status]),
      );
      if (state !== shown) console.out(format(platforms));
      shown = state;
      if (options.watch !== true || (ready && platforms.length > 0)) return ready;
      await delay(WATCH_INTERVAL_MS);
    }
  } finally {
    client.close();
  }
}

function asTree(console: Console): (platforms: readonly ProfilePlatform[]) => string {
  const paint = createPaint(console.colors);
  return (platforms) =>
    platforms.length === 0
      ? "There is no platform yet: kubectl apply -f a manifest of a ProfilePlatform.\n"
      : platforms.map((platform) => renderTree(platform, paint, new Date())).join("\n");
}

function asJson(platforms: readonly ProfilePlatform[]): string {
  const items = platforms.map((platform) => ({
    name: platform.metadata.name,
    ready: isReady(platform),
    generation: platform.metadata.generation,
    status: platform.status ?? {},
  }));
  return `${JSON.stringify(items, undefined, 2)}\n`;
}
