import { collectDefaultMetrics, Registry } from "prom-client";
import { clientMetrics, type OnRequest } from "../client/client-metrics.ts";
import { type ControllerMetrics, controllerMetrics } from "../controller/controller-metrics.ts";
import { QueueFamilies, type QueueMetrics, type QueueState } from "../controller/queue-metrics.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { gauge } from "../kit/metric-families.ts";
import { ReflectorFamilies, type ReflectorMetrics } from "../watch/reflector-metrics.ts";

export type { ControllerMetrics, ReconcileResult } from "../controller/controller-metrics.ts";
export type { QueueMetrics, QueueState } from "../controller/queue-metrics.ts";
export type { ReflectorMetrics, ReflectorPulse } from "../watch/reflector-metrics.ts";

// Gauges whose names say that they count; the same numbers are in those without the ending, by type.
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** Metrics under the names that client-go and controller-runtime gave them, each label value at 0 from the start. */
export class Metrics {
  readonly registry = new Registry();
  readonly #controller = controllerMetrics(this.registry);
  readonly #queues = new QueueFamilies(this.registry);
  readonly #client = clientMetrics(this.registry);
  readonly #reflectors: ReflectorFamilies;
  readonly #master = gauge(this.registry, {
    name: "leader_election_master_status",
    help: "1 while this process leads",
    labels: ["name"],
  });

  /** `clock` measures silence. */
  constructor(clock: Clock = systemClock) {
    this.#reflectors = new ReflectorFamilies(this.registry, clock);
  }

  /** Adds process and Node.js figures (`process_*`, `nodejs_*`). */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  controller(controller: string, maxConcurrentReconciles: number): ControllerMetrics {
    return this.#controller(controller, maxConcurrentReconciles);
  }

  queue(name: string, state: () => QueueState): QueueMetrics {
    return this.#queues.of(name, state);
  }

  /** A function for ApiClient's `onRequest`. */
  restClient(host: string): OnRequest {
    return this.#client(host);
  }

  leader(name: string): (leads: boolean) => void {
    this.#master.set({ name }, 0);
    return (leads) => this.#master.set({ name }, leads ? 1 : 0);
  }

  reflector(resource: string): ReflectorMetrics {
    return this.#reflectors.of(resource);
  }

  /** Age in seconds of the oldest work in progress; 0 when there is none. */
  longestRunningSeconds(): number {
    return this.#queues.longestSeconds();
  }

  /** The resource whose reflector has shown no sign of life for longest; undefined when none was declared. */
  leastAliveReflector(): { readonly resource: string; readonly seconds: number } | undefined {
    return this.#reflectors.leastAlive();
  }

  /** Everything in the text format of Prometheus. */
  async scrape(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
