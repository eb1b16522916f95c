import type { Gauge } from "prom-client";
import { z } from "zod";
import { reasonOf } from "./errors.ts";
import type { Logger } from "./log.ts";
import { withTimeout } from "./retry.ts";

export interface Dependency {
  readonly name: string;
  /** A hard dependency: without it the service is not ready. */
  readonly required: boolean;
  /** Rejects while the dependency cannot be used. */
  check(): Promise<void>;
  /** Called when a check fails after one that did not. */
  onDown?(reason: unknown): void;
}

/** Whether a service should be given traffic, as `/ready` tells it. */
export const readinessReport = z.object({
  ready: z.boolean(),
  reason: z.string().exactOptional().meta({ description: "What the service waits for; absent when it is ready." }),
  dependencies: z
    .array(
      z.object({
        name: z.string(),
        required: z.boolean().meta({ description: "Whether the service is not ready without it." }),
        up: z.boolean(),
      }),
    )
    .readonly(),
});
export type ReadinessReport = Readonly<z.infer<typeof readinessReport>>;

export interface HealthOptions {
  readonly dependencies: readonly Dependency[];
  readonly gauge: Gauge<"dependency">;
  readonly log: Logger;
  /** Milliseconds that one check may take. Below the 5 s that a probe may wait. */
  readonly checkTimeout?: number;
  /** Milliseconds between two rounds of checks. */
  readonly interval?: number;
}

/**
 * Knows whether the service can be given traffic. Checks run in the background, so that a probe is answered at once
 * and however many probes arrive, a dependency is asked at one pace.
 */
export class Health {
  readonly #options: HealthOptions;
  readonly #up = new Map<string, boolean>();
  #obstacle: string | undefined = "starting";
  #timer: NodeJS.Timeout | undefined;
  #started = false;
  #stopped = false;

  constructor(options: HealthOptions) {
    this.#options = options;
    for (const { name } of options.dependencies) options.gauge.set({ dependency: name }, 0);
  }

  /** Declares why the service cannot take traffic whatever its dependencies say; undefined lifts it. */
  setObstacle(reason: string | undefined): void {
    this.#obstacle = reason;
    if (reason === undefined) this.#started = true;
  }

  /** False until start-up is over; draining does not change it. */
  get started(): boolean {
    return this.#started;
  }

  start(): void {
    void this.#round();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  report(): ReadinessReport {
    const dependencies = this.#options.dependencies.map(({ name, required }) => ({
      name,
      required,
      up: this.#up.get(name) ?? false,
    }));
    const missing = dependencies.filter(({ required, up }) => required && !up).map(({ name }) => name);
    const reason = this.#obstacle ?? (missing.length > 0 ? `waiting for ${missing.join(", ")}` : undefined);
    return reason === undefined ? { ready: true, dependencies } : { ready: false, reason, dependencies };
  }

  async #round(): Promise<void> {
    await Promise.all(this.#options.dependencies.map((dependency) => this.#check(dependency)));
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#round(), this.#options.interval ?? 1_000);
  }

  async #check(dependency: Dependency): Promise<void> {
    const { gauge, log, checkTimeout = 2_000 } = this.#options;
    const before = this.#up.get(dependency.name);
    try {
      await withTimeout(dependency.check(), checkTimeout, `the check of ${dependency.name}`);
      this.#up.set(dependency.name, true);
      gauge.set({ dependency: dependency.name }, 1);
      if (before !== true) log.info({ dependency: dependency.name }, `${dependency.name} is up`);
    } catch (err) {
      this.#up.set(dependency.name, false);
      gauge.set({ dependency: dependency.name }, 0);
      // The first round is over before any connection can be: that is no news.
      if (before !== true) return;
      log.warn({ dependency: dependency.name, reason: reasonOf(err) }, `${dependency.name} is down`);
      dependency.onDown?.(err);
    }
  }
}
