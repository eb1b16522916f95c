import { Cache } from "@profile-platform/operator/engine/cache/cache";
import { createLogger } from "@profile-platform/operator/engine/kit/log";
import { Metrics } from "@profile-platform/operator/engine/metrics/metrics";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import type { Progress } from "../../cluster/index.ts";
import type { Command } from "../program.ts";
import { Contender } from "./contender.ts";
import { type BenchControlPlane, startBenchControlPlane } from "./control-plane.ts";
import type { Figures } from "./figures.ts";
import { change } from "./phases/change.ts";
import type { RoundContext } from "./phases/context.ts";
import { create } from "./phases/create.ts";
import { edit } from "./phases/edit.ts";
import { rest } from "./phases/rest.ts";
import { restart } from "./phases/restart.ts";
import { start } from "./phases/start.ts";
import { platformNames } from "./platforms.ts";
import type { Side, SideResult } from "./results.ts";
import type { Settings } from "./settings.ts";
import { Tracker } from "./tracker.ts";

export interface RoundOptions {
  readonly round: number;
  readonly side: Side;
  readonly settings: Settings;
  readonly objectsPerPlatform: number;
  /** What the chart makes, for the operator's rights. */
  readonly chart: readonly KubernetesObject[];
  /** How the side is run with a kubeconfig, given the port of its metrics. */
  readonly command: (kubeconfig: string) => (port: number) => Command;
  readonly logFile: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Gets what there is after each part. */
  readonly onResult: (result: SideResult) => void;
}

/** Everything that one side does in one round, on a control plane that nothing else has used. */
export async function runRound(options: RoundOptions): Promise<void> {
  const { round, side, progress, chart } = options;
  const named = (part: string) => `round ${round} of ${options.settings.rounds}, ${side}: ${part}`;
  const controlPlane = await progress.step(named("control plane"), () => startBenchControlPlane(chart));
  try {
    await new Round(options, controlPlane, named).run();
  } finally {
    await controlPlane.stop();
  }
}

class Round {
  readonly #options: RoundOptions;
  readonly #controlPlane: BenchControlPlane;
  readonly #named: (part: string) => string;
  #figures: Figures = {};
  #corrections: readonly number[] = [];
  readonly #problems: string[] = [];

  constructor(options: RoundOptions, controlPlane: BenchControlPlane, named: (part: string) => string) {
    this.#options = options;
    this.#controlPlane = controlPlane;
    this.#named = named;
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const watching = new AbortController();
    const { client } = this.#controlPlane;
    const cache = new Cache({ client, log: createLogger("error"), metrics: new Metrics() });
    const tracker = new Tracker(cache);
    let contender = await this.#start();
    try {
      cache.start(watching.signal);
      await cache.waitForSync(30_000);
      await this.#part("start", () => start(contender, this.#controlPlane, signal));
      const context = this.#context(contender, tracker);
      await this.#part("create", () => create(context));
      await this.#part("at rest", () => rest(context));
      await this.#part("change", () => change(context));
      await this.#part("edits", async () => {
        const { figures, corrections } = await edit(context);
        this.#corrections = corrections;
        return figures;
      });
      await contender.stop();
      contender = await this.#start();
      await this.#part("restart", () => restart(this.#context(contender, tracker)));
      this.#tell(true);
    } finally {
      watching.abort();
      await contender.stop();
    }
  }

  #start(): Promise<Contender> {
    const { command, side, logFile } = this.#options;
    return Contender.start(command(this.#controlPlane.kubeconfigOf(side)), logFile);
  }

  #context(contender: Contender, tracker: Tracker): RoundContext {
    const { settings, objectsPerPlatform, signal } = this.#options;
    return {
      settings,
      controlPlane: this.#controlPlane,
      tracker,
      names: platformNames(settings.platforms),
      objectsPerPlatform,
      contender,
      problem: (text) => this.#problems.push(text),
      signal,
    };
  }

  /** Parts that are done are kept, whatever becomes of the next one. */
  async #part(name: string, action: () => Promise<Figures>): Promise<void> {
    this.#options.signal.throwIfAborted();
    const figures = await this.#options.progress.step(this.#named(name), action);
    this.#figures = { ...this.#figures, ...figures };
    this.#tell(false);
  }

  #tell(complete: boolean): void {
    const { round, side, onResult } = this.#options;
    const problems = [...this.#problems];
    onResult({ round, side, figures: this.#figures, corrections: this.#corrections, problems, complete });
  }
}
