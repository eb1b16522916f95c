import { Counter, Gauge, type Registry } from "prom-client";
import type { Postgres } from "../kit/stores/postgres.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import type { SheddingConfiguration } from "./config.ts";
import { DelayMonitor, signals } from "./delays.ts";
import { lookInterval, Shedder } from "./shedder.ts";

export interface OpenSheddingOptions {
  readonly config: SheddingConfiguration;
  /** What requests wait for. */
  readonly db: Pick<Postgres, "longestWait">;
  readonly registry: Registry;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Load shedding as a server uses it, and its metrics. It measures from now on, and adapts once it is started. */
export function openShedding({ config, db, registry, now, random }: OpenSheddingOptions): Shedder {
  const limit = new AdaptiveLimit({
    target: config.SHEDDING_TARGET_DELAY,
    minimum: config.SHEDDING_MIN_IN_FLIGHT,
    maximum: config.SHEDDING_MAX_IN_FLIGHT,
  });
  const shed = new Counter({
    name: "http_requests_shed_total",
    help: "Requests refused unseen, by what had too much to do.",
    labelNames: ["reason"],
    registers: [registry],
  });
  for (const reason of [...signals, "ceiling"]) shed.inc({ reason }, 0);
  const monitor = new DelayMonitor({ db, interval: lookInterval, now });
  monitor.start();
  const shedder = new Shedder({
    limit,
    delays: () => monitor.read(),
    onShed: (reason) => shed.inc({ reason }),
    random,
  });
  const gauge = (name: string, help: string, value: () => number): void =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(value());
        },
      }),
    );
  gauge("http_requests_in_flight", "Requests that are being answered.", () => shedder.inFlight);
  gauge("http_requests_in_flight_limit", "Requests that may be in flight at once, just now.", () => limit.limit);
  registry.registerMetric(
    new Gauge({
      name: "request_wait_seconds",
      help: "How long requests wait, by what for: the event loop, or a connection to the database.",
      labelNames: ["for"],
      registers: [],
      collect() {
        for (const signal of signals) this.set({ for: signal }, shedder.delays[signal] / 1_000);
      },
    }),
  );
  return shedder;
}
