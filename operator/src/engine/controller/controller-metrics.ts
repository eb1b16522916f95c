import type { Registry } from "prom-client";
import { counter, gauge, histogram } from "../kit/metric-families.ts";

const RESULTS = ["success", "error", "requeue", "requeue_after"] as const;
// Buckets of controller-runtime, so that its dashboards and alerts read ours.
const BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

export type ReconcileResult = (typeof RESULTS)[number];

export interface ControllerMetrics {
  reconciled(result: ReconcileResult, seconds: number): void;
  error(): void;
  terminalError(): void;
  panic(): void;
  timeout(): void;
  workers(change: 1 | -1): void;
}

/** `controller_runtime_*`: what becomes of reconciles. */
export function controllerMetrics(
  registry: Registry,
): (controller: string, maxConcurrentReconciles: number) => ControllerMetrics {
  const labels = ["controller"] as const;
  const count = (name: string, help: string) =>
    counter(registry, { name: `controller_runtime_${name}_total`, help, labels });
  const total = counter(registry, {
    name: "controller_runtime_reconcile_total",
    help: "Reconciles by result",
    labels: ["controller", "result"],
  });
  const errors = count("reconcile_errors", "Reconciles that failed");
  const terminalErrors = count("terminal_reconcile_errors", "Reconciles that failed and are not tried again");
  const panics = count("reconcile_panics", "Reconciles that ended in a programming error");
  const timeouts = count("reconcile_timeouts", "Reconciles that were ended because they took too long");
  const seconds = histogram(registry, {
    name: "controller_runtime_reconcile_time_seconds",
    help: "Length of a reconcile",
    labels,
    buckets: BUCKETS,
  });
  const maxConcurrent = gauge(registry, {
    name: "controller_runtime_max_concurrent_reconciles",
    help: "Workers of a controller, apart from those that are slow with a key",
    labels,
  });
  const active = gauge(registry, {
    name: "controller_runtime_active_workers",
    help: "Workers that reconcile now, slow ones among them",
    labels,
  });
  return (controller, maxConcurrentReconciles) => {
    for (const result of RESULTS) total.inc({ controller, result }, 0);
    for (const one of [errors, terminalErrors, panics, timeouts]) one.inc({ controller }, 0);
    seconds.zero({ controller });
    active.set({ controller }, 0);
    maxConcurrent.set({ controller }, maxConcurrentReconciles);
    return {
      reconciled: (result, length) => {
        total.inc({ controller, result });
        seconds.observe({ controller }, length);
      },
      error: () => errors.inc({ controller }),
      terminalError: () => terminalErrors.inc({ controller }),
      panic: () => panics.inc({ controller }),
      timeout: () => timeouts.inc({ controller }),
      workers: (change) => active.inc({ controller }, change),
    };
  };
}
