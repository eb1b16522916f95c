import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { type Ending, endings } from "./closes.ts";
import { type EventType, eventTypes } from "./event.ts";
import { type LossReason, lossReasons } from "./record.ts";

export interface EventMetrics {
  readonly connections: Gauge;
  readonly delivered: Counter<"type">;
  readonly lag: Histogram;
  readonly closed: Counter<"reason">;
  readonly resyncs: Counter<"reason">;
  readonly failures: Counter;
  readonly removed: Counter;
}

/** Every label value that there can be is there from the start. */
export function createEventMetrics(registry: Registry): EventMetrics {
  const registers = [registry];
  const metrics: EventMetrics = {
    connections: new Gauge({ name: "event_connections", help: "WebSocket connections that are open.", registers }),
    delivered: new Counter({
      name: "events_delivered_total",
      help: "Events sent, once for each connection, by type.",
      labelNames: ["type"],
      registers,
    }),
    lag: new Histogram({
      name: "event_delivery_lag_seconds",
      help: "Time from a change to its event's being sent to those who are up to date.",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    closed: new Counter({
      name: "event_connections_closed_total",
      help: "WebSocket connections that ended, by reason.",
      labelNames: ["reason"],
      registers,
    }),
    resyncs: new Counter({
      name: "event_resyncs_total",
      help: "Clients told to read anew, by reason.",
      labelNames: ["reason"],
      registers,
    }),
    failures: new Counter({
      name: "event_reader_failures_total",
      help: "Looks at the record of events that failed; the next one tries again.",
      registers,
    }),
    removed: new Counter({
      name: "events_removed_total",
      help: "Events removed after they had been kept for as long as they are to be.",
      registers,
    }),
  };
  for (const type of eventTypes satisfies readonly EventType[]) metrics.delivered.inc({ type }, 0);
  for (const reason of endings satisfies readonly Ending[]) metrics.closed.inc({ reason }, 0);
  for (const reason of lossReasons satisfies readonly LossReason[]) metrics.resyncs.inc({ reason }, 0);
  return metrics;
}
