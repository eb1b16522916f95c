import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface HttpMetrics {
  /** Of each request once. How many there were is counted by it as well. */
  readonly duration: Histogram<"method" | "route" | "status">;
}

/** A registry with the metrics of the process itself, labelled by service through the scrape, not here. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

export function createHttpMetrics(registry: Registry): HttpMetrics {
  const labelNames = ["method", "route", "status"] as const;
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from a request's first byte to its answer's last, by route template.",
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const requests = new Counter({
    name: "http_requests_total",
    help: "HTTP requests answered, by route template.",
    labelNames,
    registers: [],
    // The histogram has counted each of them already. Nothing may come in between: two may ask at the same time.
    async collect() {
      const { values } = await duration.get();
      this.reset();
      for (const { metricName, labels, value } of values) {
        if (metricName === "http_request_duration_seconds_count") this.inc(labels, value);
      }
    },
  });
  registry.registerMetric(requests);
  return { duration };
}

export function createDependencyGauge(registry: Registry): Gauge<"dependency"> {
  return new Gauge({
    name: "dependency_up",
    help: "1 while the dependency answered its latest check, 0 otherwise.",
    labelNames: ["dependency"],
    registers: [registry],
  });
}
