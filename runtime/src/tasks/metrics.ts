import { Counter, Histogram, type Registry } from "prom-client";

export interface DispatchMetrics {
  readonly published: Counter;
  readonly lateness: Histogram;
  readonly failures: Counter;
}

export function createRemovedCounter(registry: Registry): Counter {
  return new Counter({
    name: "tasks_removed_total",
    help: "Tasks removed after they had been kept for as long as they are to be.",
    registers: [registry],
  });
}

export function createDispatchMetrics(registry: Registry): DispatchMetrics {
  const registers = [registry];
  return {
    published: new Counter({
      name: "tasks_published_total",
      help: "Tasks published to the queue when due.",
      registers,
    }),
    lateness: new Histogram({
      name: "task_dispatch_lateness_seconds",
      help: "Time from the moment a task was due to its confirmed publication.",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
      registers,
    }),
    failures: new Counter({
      name: "task_dispatch_failures_total",
      help: "Rounds in which due tasks could not be published; the next round tries again.",
      registers,
    }),
  };
}

export interface ExecutionMetrics {
  readonly finished: Counter<"type" | "outcome">;
  readonly duration: Histogram<"type">;
}

export function createExecutionMetrics(registry: Registry): ExecutionMetrics {
  const registers = [registry];
  return {
    finished: new Counter({
      name: "task_attempts_total",
      help: "Attempts to carry out a task, by outcome: succeeded, retried, failed, dropped, handed-over.",
      labelNames: ["type", "outcome"],
      registers,
    }),
    duration: new Histogram({
      name: "task_duration_seconds",
      help: "Time that one attempt took.",
      labelNames: ["type"],
      registers,
    }),
  };
}
