import type { Component } from "../../component.ts";
import { redisConnections } from "../../data-layer/redis/clients.ts";
import { disruptionBudget } from "../../kit/disruption-budget.ts";
import { rollingFootprint } from "../../kit/footprint.ts";
import { workloadHealth } from "../../kit/health/workload.ts";
import { service } from "../../kit/service.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import { configMap } from "./config-map.ts";
import { deployment } from "./deployment.ts";
import { PLACE, PORTS } from "./place.ts";

/** Carries delayed tasks out. */
export const worker: Component = {
  ...PLACE,
  // Without its schema it fails; without RabbitMQ it waits by itself, not ready, until the queue is there.
  dependsOn: [{ component: "migrations", before: "change" }],
  ports: PORTS,
  metricsPort: "metrics",
  connects: (model) => [
    { to: "postgresql", port: "postgresql" },
    ...redisConnections(model),
    { to: "rabbitmq", port: "amqp" },
    { to: "trace-collector" },
  ],
  exposedPorts: () => [],
  enabled: () => true,
  resources: (model) => [
    serviceAccount(model, PLACE),
    configMap(model),
    service(model, PLACE, { ports: { http: PORTS.http } }),
    deployment(model),
    ...disruptionBudget(model, PLACE, model.worker.replicas),
  ],
  footprint: ({ worker }) => [rollingFootprint(worker.replicas, worker.resources)],
  health: (observed, model) => workloadHealth(observed, "Deployment", PLACE.name, model.worker.replicas),
  endpoint: () => undefined,
};
