import { writeFile } from "node:fs/promises";
import { Cache } from "@profile-platform/operator/engine/cache/cache";
import { createLogger } from "@profile-platform/operator/engine/kit/log";
import { Metrics } from "@profile-platform/operator/engine/metrics/metrics";
import { operatorCommand, type Programs } from "./commands.ts";
import { Contender } from "./contender.ts";
import { startBenchControlPlane } from "./control-plane.ts";
import { changePlatforms, createPlatforms, VARIANTS } from "./platforms.ts";
import { untilQuiet } from "./quiet.ts";
import type { Settings } from "./settings.ts";
import { mergeTemplates, takeTemplate } from "./template.ts";
import { Tracker } from "./tracker.ts";

/** Unlike any word that could stand in an object by itself. */
const NAME = "bench-template";
const TIMEOUT_MS = 60_000;

export interface TemplateOptions {
  readonly programs: Programs;
  readonly settings: Settings;
  /** Receives the template: mode 0600, since it holds the passwords of a platform that is gone. */
  readonly file: string;
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** Lets the operator apply one platform in both variants, and writes down what it applied; returns how many objects. */
export async function makeTemplate(options: TemplateOptions): Promise<number> {
  const { programs, settings, file, logFile, signal, note } = options;
  const controlPlane = await startBenchControlPlane(programs.chart);
  const { client } = controlPlane;
  const watching = new AbortController();
  try {
    const cache = new Cache({ client, log: createLogger("error"), metrics: new Metrics() });
    const tracker = new Tracker(cache);
    cache.start(watching.signal);
    const plain = { concurrency: settings.concurrency, profile: undefined };
    const command = operatorCommand(programs.operator, controlPlane.kubeconfigOf("operator"), plain);
    const operator = await Contender.start(command, logFile);
    try {
      const settle = async (generations: ReadonlyMap<string, number>) => {
        await tracker.allApplied(generations, { timeoutMs: TIMEOUT_MS, signal });
        await untilQuiet(operator, signal);
      };
      const [first, second] = VARIANTS;
      await settle(await createPlatforms(client, [NAME], first, signal));
      const before = await takeTemplate(client, NAME, first);
      await settle(await changePlatforms(client, [NAME], second, signal));
      const template = mergeTemplates(before, await takeTemplate(client, NAME, second));
      await writeFile(file, JSON.stringify(template), { mode: 0o600 });
      const count = before.variants[first]?.length ?? 0;
      note(`${count} objects`);
      return count;
    } finally {
      await operator.stop();
    }
  } finally {
    watching.abort();
    await controlPlane.stop();
  }
}
