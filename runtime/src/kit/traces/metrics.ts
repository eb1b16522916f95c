import { Counter, Gauge, type Registry } from "prom-client";

const dropReasons = ["queue_full", "not_taken"] as const;
export type DropReason = (typeof dropReasons)[number];

export interface TraceMetrics {
  readonly exported: Counter;
  readonly dropped: Counter<"reason">;
}

/** @param waiting asked at each scrape for the number of finished spans that wait for the collector */
export function createTraceMetrics(registry: Registry, waiting: () => number): TraceMetrics {
  const dropped = new Counter({
    name: "trace_spans_dropped_total",
    help: "Spans lost, by reason: queue_full, as many waited as may; not_taken, the collector was away or refused them.",
    labelNames: ["reason"],
    registers: [registry],
  });
  for (const reason of dropReasons) dropped.inc({ reason }, 0);
  registry.registerMetric(
    new Gauge({
      name: "trace_spans_waiting",
      help: "Finished spans that wait for the collector.",
      registers: [],
      collect() {
        this.set(waiting());
      },
    }),
  );
  return {
    dropped,
    exported: new Counter({
      name: "trace_spans_exported_total",
      help: "Spans that the collector has taken.",
      registers: [registry],
    }),
  };
}
