import type { Registry } from "prom-client";
import { counter, histogram, readGauge } from "../kit/metric-families.ts";

// 10 ns to 1000 s in tenfold steps, as client-go has them.
const BUCKETS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];

/** What a queue is asked for at each scrape. */
export interface QueueState {
  /** Keys that wait for a worker, by their priority; priorities that were in use stay, with 0. */
  readonly depths: ReadonlyMap<number, number>;
  /** Sum of the ages of what its workers hold, in seconds. */
  readonly unfinishedSeconds: number;
  /** Age of the oldest of them; 0 when they hold nothing. */
  readonly longestSeconds: number;
}

export interface QueueMetrics {
  added(): void;
  retried(): void;
  waited(seconds: number): void;
  worked(seconds: number): void;
}

/** `workqueue_*`: what waits for a worker, and for how long. */
export class QueueFamilies {
  readonly #states = new Map<string, () => QueueState>();
  readonly #declare: (name: string) => QueueMetrics;

  constructor(registry: Registry) {
    const labels = ["name", "controller"] as const;
    const adds = counter(registry, { name: "workqueue_adds_total", help: "Keys added", labels });
    const retries = counter(registry, { name: "workqueue_retries_total", help: "Keys added after a failure", labels });
    const seconds = (name: string, help: string) => histogram(registry, { name, help, labels, buckets: BUCKETS });
    const waited = seconds("workqueue_queue_duration_seconds", "How long a key waited");
    const worked = seconds("workqueue_work_duration_seconds", "How long a key was worked");
    readGauge(registry, {
      name: "workqueue_depth",
      help: "Keys that wait to be worked, by priority",
      labels: ["name", "controller", "priority"],
      read: () =>
        [...this.#states].flatMap(([name, state]) =>
          [...state().depths].map(([priority, value]) => ({
            labels: { name, controller: name, priority: String(priority) },
            value,
          })),
        ),
    });
    const age = (name: string, help: string, of: (state: QueueState) => number): void =>
      readGauge(registry, {
        name,
        help,
        labels,
        read: () =>
          [...this.#states].map(([queue, state]) => ({
            labels: { name: queue, controller: queue },
            value: of(state()),
          })),
      });
    age("workqueue_unfinished_work_seconds", "Sum of the ages of work in progress", (state) => state.unfinishedSeconds);
    age(
      "workqueue_longest_running_processor_seconds",
      "Age of the oldest work in progress",
      (state) => state.longestSeconds,
    );
    this.#declare = (name) => {
      const values = { name, controller: name };
      for (const one of [adds, retries]) one.inc(values, 0);
      for (const one of [waited, worked]) one.zero(values);
      return {
        added: () => adds.inc(values),
        retried: () => retries.inc(values),
        waited: (length) => waited.observe(values, length),
        worked: (length) => worked.observe(values, length),
      };
    };
  }

  of(name: string, state: () => QueueState): QueueMetrics {
    this.#states.set(name, state);
    return this.#declare(name);
  }

  /** Age in seconds of the oldest work in progress of all queues; 0 when there is none. */
  longestSeconds(): number {
    return Math.max(0, ...[...this.#states.values()].map((state) => state().longestSeconds));
  }
}
