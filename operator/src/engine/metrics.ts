import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

// Buckets of controller-runtime, so that its dashboards and alerts read ours.
const RECONCILE_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const QUEUE_BUCKETS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];
const REQUEST_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
const RESULTS = ["success", "error", "requeue", "requeue_after"] as const;
const VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export type ReconcileResult = (typeof RESULTS)[number];

export interface ControllerMetrics {
  reconciled(result: ReconcileResult, seconds: number): void;
  error(): void;
  terminalError(): void;
  panic(): void;
  workers(change: 1 | -1): void;
}

/** Ages of what a queue's workers hold, in seconds; asked for at each scrape. */
export interface UnfinishedWork {
  readonly totalSeconds: number;
  readonly longestSeconds: number;
}

export interface QueueMetrics {
  depth(items: number): void;
  added(): void;
  retried(): void;
  waited(seconds: number): void;
  worked(seconds: number): void;
}

export interface ReflectorMetrics {
  listed(): void;
  watchEnded(reason: "closed" | "expired" | "error" | "idle"): void;
  malformed(): void;
  handlerError(): void;
}

/** Metrics under the names that client-go and controller-runtime gave them, each label value at 0 from the start. */
export class Metrics {
  readonly registry = new Registry();
  readonly #reconcileTotal = this.#counter("controller_runtime_reconcile_total", "Reconciles by result", [
    "controller",
    "result",
  ]);
  readonly #reconcileErrors = this.#counter("controller_runtime_reconcile_errors_total", "Reconciles that failed", [
    "controller",
  ]);
  readonly #terminalErrors = this.#counter(
    "controller_runtime_terminal_reconcile_errors_total",
    "Reconciles that failed and are not tried again",
    ["controller"],
  );
  readonly #panics = this.#counter(
    "controller_runtime_reconcile_panics_total",
    "Reconciles that ended in a programming error",
    ["controller"],
  );
  readonly #reconcileTime = new Histogram({
    name: "controller_runtime_reconcile_time_seconds",
    help: "Length of a reconcile",
    labelNames: ["controller"],
    buckets: RECONCILE_BUCKETS,
    registers: [this.registry],
  });
  readonly #maxConcurrent = this.#gauge("controller_runtime_max_concurrent_reconciles", "Workers of a controller", [
    "controller",
  ]);
  readonly #activeWorkers = this.#gauge("controller_runtime_active_workers", "Workers that reconcile now", [
    "controller",
  ]);
  readonly #depth = this.#gauge("workqueue_depth", "Keys that wait to be worked", ["name", "controller"]);
  readonly #adds = this.#counter("workqueue_adds_total", "Keys added", ["name", "controller"]);
  readonly #retries = this.#counter("workqueue_retries_total", "Keys added after a failure", ["name", "controller"]);
  readonly #queueDuration = this.#queueHistogram("workqueue_queue_duration_seconds", "How long a key waited");
  readonly #workDuration = this.#queueHistogram("workqueue_work_duration_seconds", "How long a key was worked");
  readonly #unfinished = this.#gauge("workqueue_unfinished_work_seconds", "Sum of the ages of work in progress", [
    "name",
    "controller",
  ]);
  readonly #longest = this.#gauge("workqueue_longest_running_processor_seconds", "Age of the oldest work in progress", [
    "name",
    "controller",
  ]);
  readonly #requests = this.#counter("rest_client_requests_total", "Requests to the API server", [
    "code",
    "method",
    "host",
  ]);
  readonly #requestDuration = new Histogram({
    name: "rest_client_request_duration_seconds",
    help: "Length of a request to the API server; of a watch until its head",
    labelNames: ["verb", "host"],
    buckets: REQUEST_BUCKETS,
    registers: [this.registry],
  });
  readonly #master = this.#gauge("leader_election_master_status", "1 while this process leads", ["name"]);
  readonly #lists = this.#counter("reflector_lists_total", "Complete lists", ["resource"]);
  readonly #watches = this.#counter("reflector_watches_ended_total", "Watches that ended, by reason", [
    "resource",
    "reason",
  ]);
  readonly #malformed = this.#counter("reflector_malformed_events_total", "Watch lines that are no event", [
    "resource",
  ]);
  readonly #handlerErrors = this.#counter("reflector_handler_errors_total", "Change handlers that threw", ["resource"]);

  /** Adds process and Node.js figures (`process_*`, `nodejs_*`). */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  controller(controller: string, maxConcurrentReconciles: number): ControllerMetrics {
    for (const result of RESULTS) {
      this.#reconcileTotal.inc({ controller, result }, 0);
    }
    for (const counter of [this.#reconcileErrors, this.#terminalErrors, this.#panics]) {
      counter.inc({ controller }, 0);
    }
    this.#reconcileTime.zero({ controller });
    this.#activeWorkers.set({ controller }, 0);
    this.#maxConcurrent.set({ controller }, maxConcurrentReconciles);
    return {
      reconciled: (result, seconds) => {
        this.#reconcileTotal.inc({ controller, result });
        this.#reconcileTime.observe({ controller }, seconds);
      },
      error: () => this.#reconcileErrors.inc({ controller }),
      terminalError: () => this.#terminalErrors.inc({ controller }),
      panic: () => this.#panics.inc({ controller }),
      workers: (change) => this.#activeWorkers.inc({ controller }, change),
    };
  }

  queue(name: string, unfinished: () => UnfinishedWork): QueueMetrics {
    const labels = { name, controller: name };
    this.#depth.set(labels, 0);
    this.#adds.inc(labels, 0);
    this.#retries.inc(labels, 0);
    this.#queueDuration.zero(labels);
    this.#workDuration.zero(labels);
    this.#onScrape.push(() => {
      const { totalSeconds, longestSeconds } = unfinished();
      this.#unfinished.set(labels, totalSeconds);
      this.#longest.set(labels, longestSeconds);
    });
    return {
      depth: (items) => this.#depth.set(labels, items),
      added: () => this.#adds.inc(labels),
      retried: () => this.#retries.inc(labels),
      waited: (seconds) => this.#queueDuration.observe(labels, seconds),
      worked: (seconds) => this.#workDuration.observe(labels, seconds),
    };
  }

  /** A function for ApiClient's `onRequest`. */
  restClient(host: string): (code: string, method: string, seconds: number) => void {
    for (const method of VERBS) {
      this.#requests.inc({ code: method === "POST" ? "201" : "200", method, host }, 0);
      this.#requestDuration.zero({ verb: method, host });
    }
    return (code, method, seconds) => {
      this.#requests.inc({ code, method, host });
      this.#requestDuration.observe({ verb: method, host }, seconds);
    };
  }

  leader(name: string): (leads: boolean) => void {
    this.#master.set({ name }, 0);
    return (leads) => this.#master.set({ name }, leads ? 1 : 0);
  }

  reflector(resource: string): ReflectorMetrics {
    for (const reason of ["closed", "expired", "error", "idle"]) {
      this.#watches.inc({ resource, reason }, 0);
    }
    for (const counter of [this.#lists, this.#malformed, this.#handlerErrors]) {
      counter.inc({ resource }, 0);
    }
    return {
      listed: () => this.#lists.inc({ resource }),
      watchEnded: (reason) => this.#watches.inc({ resource, reason }),
      malformed: () => this.#malformed.inc({ resource }),
      handlerError: () => this.#handlerErrors.inc({ resource }),
    };
  }

  readonly #onScrape: (() => void)[] = [];

  /** Everything in the text format of Prometheus. */
  async scrape(): Promise<{ readonly contentType: string; readonly text: string }> {
    for (const refresh of this.#onScrape) {
      refresh();
    }
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  #counter<T extends string>(name: string, help: string, labelNames: readonly T[]): Counter<T> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  #gauge<T extends string>(name: string, help: string, labelNames: readonly T[]): Gauge<T> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  #queueHistogram(name: string, help: string): Histogram<"name" | "controller"> {
    return new Histogram({
      name,
      help,
      labelNames: ["name", "controller"],
      buckets: QUEUE_BUCKETS,
      registers: [this.registry],
    });
  }
}
