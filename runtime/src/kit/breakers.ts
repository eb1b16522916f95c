import type { Registry } from "prom-client";
import { Breaker, type BreakerOptions } from "./breaker.ts";
import { createBreakerMetrics } from "./breaker-metrics.ts";
import type { breakerVariables, Configuration } from "./config.ts";
import type { Logger } from "./log.ts";

export interface BreakersOptions {
  readonly config: Configuration<typeof breakerVariables>;
  readonly registry: Registry;
  readonly log: Logger;
}

/** What is particular to one dependency. */
export type BreakerParticulars = Pick<BreakerOptions, "name" | "dependency" | "probe" | "isFailure"> &
  Partial<Pick<BreakerOptions, "failures">>;

/** The circuit breakers of a service, which have their settings and metrics in common. */
export class Breakers {
  readonly #options: BreakersOptions;
  readonly #observe: ReturnType<typeof createBreakerMetrics>;
  readonly #breakers: Breaker[] = [];

  constructor(options: BreakersOptions) {
    this.#options = options;
    this.#observe = createBreakerMetrics(options.registry);
  }

  create(particulars: BreakerParticulars): Breaker {
    const { config, log } = this.#options;
    const breaker = new Breaker({
      failures: config.BREAKER_FAILURES,
      probeInterval: config.BREAKER_PROBE_INTERVAL,
      observer: this.#observe(particulars.name),
      log,
      ...particulars,
    });
    this.#breakers.push(breaker);
    return breaker;
  }

  /** Ends all probes. */
  stop(): void {
    for (const breaker of this.#breakers) breaker.stop();
  }
}
