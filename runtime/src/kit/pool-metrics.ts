import { Gauge, type Registry } from "prom-client";
import type { Postgres } from "./stores/postgres.ts";

export function createPoolGauge(
  registry: Registry,
  db: Pick<Postgres, "connections">,
  name = "db_pool_connections",
  server = "PostgreSQL",
): void {
  const gauge = new Gauge({
    name,
    help: `Connections to ${server}: total, idle, and callers waiting for one.`,
    labelNames: ["state"],
    registers: [],
    collect() {
      for (const [state, count] of Object.entries(db.connections)) this.set({ state }, count);
    },
  });
  registry.registerMetric(gauge);
}
